import * as z from 'zod';
import type { AppError } from '../../errors/app-error.ts';
import { bodyTooLarge, jsonSchema } from '../../errors/catalogue.ts';
import { toFieldErrors, toPathText } from './issues.ts';

/** No Marathon definition nests deeper than about ten levels. */
const MAX_DEPTH = 64;
/** How large a body may be, and what it is called in the refusal. */
export interface SizeLimit {
  readonly what: string;
  /** Characters of keys and texts, and one for every other value. */
  readonly characters: number;
}

const ONE_DEFINITION: SizeLimit = { what: 'The definition', characters: 1_048_576 };

type Path = readonly PropertyKey[];

/** What is wrong with a key or a text as such: neither processes nor the table and the cluster could take it. */
function flawOf(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain the character U+0000';
  return text.isWellFormed() ? undefined : 'must not contain half of a surrogate pair';
}

function refuse(path: Path, error: string): AppError {
  return jsonSchema([{ path: toPathText(path), errors: [error] }]);
}

/**
 * Refuses what no definition needs and what would cost or harm later: deep nesting, huge size, text that others cannot
 * take, and `__proto__` keys, which copying code would turn into a prototype. Walks without recursion, so that depth cannot exhaust the stack.
 */
function checkBounds(input: unknown, { what, characters }: SizeLimit): AppError | undefined {
  const rest: { readonly value: unknown; readonly path: Path }[] = [{ value: input, path: [] }];
  let size = 0;
  for (let entry = rest.pop(); entry !== undefined; entry = rest.pop()) {
    const { value, path } = entry;
    size += typeof value === 'string' ? value.length : 1;
    if (size > characters) return bodyTooLarge(what, characters, 'characters');
    const flaw = typeof value === 'string' ? flawOf(value) : undefined;
    if (flaw !== undefined) return refuse(path, flaw);
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= MAX_DEPTH) return refuse(path, `nested deeper than ${MAX_DEPTH} levels`);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) rest.push({ value: item, path: [...path, index] });
      continue;
    }
    for (const [key, item] of Object.entries(value)) {
      const wrong = key === '__proto__' ? 'is not allowed as a key' : flawOf(key);
      if (wrong !== undefined) return refuse([...path, key], wrong);
      size += key.length;
      rest.push({ value: item, path: [...path, key] });
    }
  }
  return undefined;
}

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AppError };

/** Reads a JSON value by a schema: 422 `Invalid JSON` with all failing fields, or 413 beyond the limit. */
export function readJson<T extends z.ZodType>(
  schema: T,
  input: unknown,
  limit: SizeLimit = ONE_DEFINITION,
): Read<z.output<T>> {
  const refused = checkBounds(input, limit);
  if (refused !== undefined) return { ok: false, error: refused };
  const result = z.safeParse(schema, input);
  return result.success
    ? { ok: true, value: result.data }
    : { ok: false, error: jsonSchema(toFieldErrors(result.error.issues, input)) };
}
