import type * as z from 'zod';
import type { FieldErrors } from '../../errors/app-error.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** As much of an object as an error message repeats. */
const MAX_QUOTED = 1_000;
/** As many places, and characters of their texts, as one refusal has: nobody reads more, and answers have a limit too. */
const MAX_PLACES = 1_000;
const MAX_CHARACTERS = 262_144;

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'error.expected.jsstring',
  number: 'error.expected.jsnumber',
  boolean: 'error.expected.jsboolean',
  array: 'error.expected.jsarray',
  object: 'error.expected.jsobject',
  record: 'error.expected.jsobject',
};

/** `['healthChecks', 0, 'portIndex']` → `/healthChecks(0)/portIndex`; the whole document is the empty text. */
export function toPathText(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? `(${step})` : `/${String(step)}`)).join('');
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

function quote(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}… (${text.length} characters)`;
}

function toWord(issue: Issue, value: unknown): string {
  if (issue.message.startsWith('error.')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED[issue.expected] ?? issue.message;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int' ? 'error.min' : 'error.minLength';
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int' ? 'error.max' : 'error.maxLength';
    case 'invalid_key':
    case 'invalid_format':
      return 'error.pattern';
    case 'invalid_value':
      return typeof value === 'string' ? 'error.unknown.enum.literal' : 'error.expected.jsstring';
    default:
      return issue.message;
  }
}

/** One issue as path and word. A union reports the errors of its last alternative only, as Marathon's readers do. */
function* toErrors(issue: Issue, base: Path, input: unknown): Generator<readonly [path: string, error: string]> {
  const path = [...base, ...issue.path];
  const last = issue.code === 'invalid_union' ? issue.errors.at(-1) : undefined;
  if (last !== undefined) {
    for (const inner of last) yield* toErrors(inner, path, input);
    return;
  }
  const value = valueAt(input, path);
  const field = path.at(-1);
  if (value === undefined && field !== undefined) {
    yield [toPathText(path), `'${String(field)}' is undefined on object: ${quote(valueAt(input, path.slice(0, -1)))}`];
  } else {
    yield [toPathText(path), toWord(issue, value)];
  }
}

/**
 * Errors by path: one entry for each path, each distinct message once, in the order found. Of very many the first are
 * listed, and the last entry counts the others.
 */
export function groupByPath(errors: Iterable<readonly [path: string, error: string]>): readonly FieldErrors[] {
  const byPath = new Map<string, Set<string>>();
  let [size, more] = [0, 0];
  for (const [path, error] of errors) {
    const texts = byPath.get(path) ?? new Set();
    if (texts.has(error)) continue;
    size += path.length + error.length;
    if (byPath.size > 0 && (byPath.size >= MAX_PLACES || size > MAX_CHARACTERS)) more += 1;
    else byPath.set(path, texts.add(error));
  }
  const details = [...byPath].map(([path, texts]) => ({ path, errors: [...texts] }));
  return more === 0 ? details : [...details, { path: '', errors: [`${more} more are not listed`] }];
}

function* eachError(issues: readonly Issue[], input: unknown): Generator<readonly [path: string, error: string]> {
  for (const issue of issues) yield* toErrors(issue, [], input);
}

/** Zod's issues in Marathon's words (app-model.md §1.1). */
export function toFieldErrors(issues: readonly Issue[], input: unknown): readonly FieldErrors[] {
  return groupByPath(eachError(issues, input));
}
