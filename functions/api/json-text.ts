/** Longer texts are made anew each time: they are no longer than what it takes to send them. */
const MAX_KEPT = 16 * 1024;

const kept = new WeakSet<object>();
const texts = new WeakMap<object, string>();
const composed = new WeakSet<object>();

/** Marks a value that never changes and is shown again and again: its text is made once, and goes with the value. */
export function keepText<T extends object>(value: T): T {
  kept.add(value);
  return value;
}

/** Marks a plain object or an array that holds such values: its text is put together from theirs. */
export function ofKeptTexts<T extends object>(value: T): T {
  composed.add(value);
  return value;
}

function keptText(value: object): string {
  const before = texts.get(value);
  if (before !== undefined) return before;
  const text = JSON.stringify(value);
  if (text.length <= MAX_KEPT) texts.set(value, text);
  return text;
}

function* membersOf(value: object): Generator<string> {
  let comma = '';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${comma}${JSON.stringify(name)}:`;
    yield* jsonPieces(member);
    comma = ',';
  }
}

function* elementsOf(values: readonly unknown[]): Generator<string> {
  for (const [index, element] of values.entries()) {
    if (index > 0) yield ',';
    if (typeof element === 'object' && element !== null && kept.has(element)) yield keptText(element);
    else yield* jsonPieces(element ?? null);
  }
}

/** What `JSON.stringify` makes of a value of JSON, in pieces: short ones and many where values are kept. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) yield JSON.stringify(value);
  else if (kept.has(value)) yield keptText(value);
  else if (!composed.has(value)) yield JSON.stringify(value);
  else if (Array.isArray(value)) {
    yield '[';
    yield* elementsOf(value);
    yield ']';
  } else {
    yield '{';
    yield* membersOf(value);
    yield '}';
  }
}

/** The same in one piece. */
export const jsonText = (value: unknown): string => [...jsonPieces(value)].join('');
