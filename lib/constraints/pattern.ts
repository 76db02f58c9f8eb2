import { RE2JS, RE2JSException } from 're2js';

/** Compiled patterns by text; undefined for those that do not compile. Bounded, since users write the keys. */
const compiled = new Map<string, RE2JS | undefined>();
const MAX_COMPILED = 1000;

/**
 * True when the whole text matches, as Java's `String.matches`, in time linear in the text. A pattern that is not
 * valid matches nothing.
 */
export function matchesWhole(pattern: string, text: string): boolean {
  return compile(pattern)?.testExact(text) ?? false;
}

/**
 * True when the pattern means here what it means in Java. Refused: what needs backtracking (lookaround, atomic groups,
 * possessive quantifiers, back references), and set operations inside a class, which RE2 would read as plain characters.
 */
export function isValidPattern(pattern: string): boolean {
  return compile(pattern) !== undefined;
}

function compile(pattern: string): RE2JS | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  const result = hasClassOperation(pattern) ? undefined : compileOrNothing(pattern);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(pattern, result);
  return result;
}

function compileOrNothing(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

/** Java's `[a-z&&[^b]]` (intersection) and `[a[bc]]` (union); `[[:alpha:]]` is RE2's own. */
function hasClassOperation(pattern: string): boolean {
  let inClass = false;
  for (let i = 0; i < pattern.length; i += 1) {
    const rest = pattern.slice(i, i + 2);
    if (rest === '\\Q') i = endOf('\\E', pattern, i);
    else if (rest[0] === '\\') i += 1;
    else if (!inClass) inClass = rest[0] === '[';
    else if (rest === '&&' || (rest[0] === '[' && rest !== '[:')) return true;
    else if (rest === '[:') i = endOf(':]', pattern, i);
    else inClass = rest[0] !== ']';
  }
  return false;
}

/** Index of the last character of the next two-character `mark`, or of the pattern when there is none. */
function endOf(mark: string, pattern: string, from: number): number {
  const at = pattern.indexOf(mark, from);
  return at === -1 ? pattern.length : at + 1;
}
