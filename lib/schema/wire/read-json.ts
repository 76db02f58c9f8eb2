import * as z from 'zod';
import type { AppError } from '../../errors/app-error.ts';
import { bodyTooLarge, jsonSchema } from '../../errors/catalogue.ts';
import { toFieldErrors, toPathText } from './issues.ts';

/** No Marathon definition nests deeper than about ten levels. */
const MAX_DEPTH = 64;
/** How large a body may be, and what it is called in the refusal. */
export interface SizeLimit {
  readonly what: string;
  /** Characters of keys and texts. */
  readonly characters: number;
  /** Members of objects and elements of lists: each may be wrong, which takes time and memory to find. */
  readonly values: number;
}

const ONE_DEFINITION: SizeLimit = { what: 'The definition', characters: 1_048_576, values: 65_536 };

type Path = readonly PropertyKey[];

/** What is wrong with a key or a text as such: neither processes nor the table and the cluster could take it. */
function flawOf(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain the character U+0000';
  return text.isWellFormed() ? undefined : 'must not contain half of a surrogate pair';
}

/** Where a value stands: its key in what is around it. A path is put together only for a refusal. */
interface Place {
  readonly key: PropertyKey;
  readonly around: Place | undefined;
  readonly depth: number;
}

const pathOf = (place: Place | undefined): Path => (place === undefined ? [] : [...pathOf(place.around), place.key]);
const refuse = (place: Place | undefined, error: string): AppError =>
  jsonSchema([{ path: toPathText(pathOf(place)), errors: [error] }]);

/**
 * Refuses what no definition needs and what would cost or harm later: deep nesting, huge size, text that others cannot
 * take, and `__proto__` keys, which copying code would turn into a prototype. Walks without recursion, so that depth
 * cannot exhaust the stack.
 */
function checkBounds(input: unknown, { what, characters, values }: SizeLimit): AppError | undefined {
  const rest: { readonly value: object; readonly place: Place | undefined }[] = [];
  let size = 0;
  let count = 0;

  function look(value: unknown, place: Place | undefined): AppError | undefined {
    count += 1;
    if (count > values) return bodyTooLarge(what, values, 'values');
    size += typeof value === 'string' ? value.length : 0;
    if (size > characters) return bodyTooLarge(what, characters, 'characters');
    if (typeof value === 'object' && value !== null) rest.push({ value, place });
    const flaw = typeof value === 'string' ? flawOf(value) : undefined;
    return flaw === undefined ? undefined : refuse(place, flaw);
  }

  function lookInto(value: object, around: Place | undefined): AppError | undefined {
    const depth = (around?.depth ?? 0) + 1;
    if (depth > MAX_DEPTH) return refuse(around, `nested deeper than ${MAX_DEPTH} levels`);
    const isList = Array.isArray(value);
    for (const [key, item] of isList ? value.entries() : Object.entries(value)) {
      const place = { key, around, depth };
      if (typeof key === 'string') {
        const wrong = key === '__proto__' ? 'is not allowed as a key' : flawOf(key);
        if (wrong !== undefined) return refuse(place, wrong);
        size += key.length;
      }
      const refused = look(item, place);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  let refused = look(input, undefined);
  for (let inner = rest.pop(); refused === undefined && inner !== undefined; inner = rest.pop()) {
    refused = lookInto(inner.value, inner.place);
  }
  return refused;
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
