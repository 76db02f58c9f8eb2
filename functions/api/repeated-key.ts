type JsonList = readonly Json[];
type JsonObject = { readonly [key: string]: Json };
/** What `JSON.parse` makes. */
export type Json = string | number | boolean | null | JsonList | JsonObject;

type Path = readonly (string | number)[];

const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** The quote that ends the text which begins with the quote at `open`. */
function endOfText(json: string, open: number): number {
  for (let close = json.indexOf('"', open + 1); ; close = json.indexOf('"', close + 1)) {
    let before = close - 1;
    while (json.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((close - before) % 2 === 1) return close;
  }
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function afterBlanks(json: string, from: number): number {
  let index = from;
  while (isBlank(json.charCodeAt(index))) index += 1;
  return index;
}

/** How many members all objects of a JSON text have as it is written. Goes from quote to quote, so it is fast. */
function membersWritten(json: string): number {
  let count = 0;
  for (let open = json.indexOf('"'); open !== -1; ) {
    const after = afterBlanks(json, endOfText(json, open) + 1);
    if (json.charCodeAt(after) === COLON) count += 1;
    open = json.indexOf('"', after);
  }
  return count;
}

const isNested = (value: Json): value is JsonList | JsonObject => typeof value === 'object' && value !== null;
const isList = (value: JsonList | JsonObject): value is JsonList => Array.isArray(value);

/** How many members all objects of a value have. Without recursion, so that depth cannot exhaust the stack. */
function membersIn(value: Json): number {
  let count = 0;
  const rest = isNested(value) ? [value] : [];
  for (let outer = rest.pop(); outer !== undefined; outer = rest.pop()) {
    if (isList(outer)) {
      for (const item of outer) if (isNested(item)) rest.push(item);
      continue;
    }
    // What JSON.parse makes inherits no names; lists of all keys or values would take five times as long.
    for (const key in outer) {
      const item = outer[key];
      count += 1;
      if (item !== undefined && isNested(item)) rest.push(item);
    }
  }
  return count;
}

/** An object or a list that is being read. */
interface Open {
  /** Where it stands in the one around it; undefined for the whole document. */
  readonly at: string | number | undefined;
  /** Of an object: the keys so far. */
  readonly keys: Set<string> | undefined;
  /** Where its next value stands. */
  next: string | number;
}

/** The first key that comes again in its object. */
function firstRepeated(json: string): Path | undefined {
  const open: Open[] = [];
  for (let index = 0; index < json.length; index += 1) {
    const inner = open.at(-1);
    const character = json[index];
    if (character === '{') open.push({ at: inner?.next, keys: new Set(), next: '' });
    else if (character === '[') open.push({ at: inner?.next, keys: undefined, next: 0 });
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',' && typeof inner?.next === 'number') inner.next += 1;
    else if (character === '"') {
      const end = endOfText(json, index);
      const isKey = json.charCodeAt(afterBlanks(json, end + 1)) === COLON;
      if (isKey && inner?.keys !== undefined) {
        const key = String(JSON.parse(json.slice(index, end + 1)));
        if (inner.keys.has(key)) return [...open.flatMap(({ at }) => at ?? []), key];
        inner.keys.add(key);
        inner.next = key;
      }
      index = end;
    }
  }
  return undefined;
}

/**
 * Where a key stands a second time in its object: `JSON.parse` keeps the last one and says nothing. Looked for only when
 * the text has more members than the value, so what has none costs one walk.
 * @param json a text that `JSON.parse` takes
 * @param value what it made of it
 */
export function repeatedKey(json: string, value: Json): Path | undefined {
  return membersWritten(json) === membersIn(value) ? undefined : firstRepeated(json);
}
