/** One broken rule: where and what. Rules with one path are shown together. */
export type Violation = readonly [path: string, error: string];

/** A list of one violation when the rule is broken, else none. */
export const unless = (holds: boolean, path: string, error: string): readonly Violation[] =>
  holds ? [] : [[path, error]];

/** Numbers of type double as Marathon's messages print them: `1.0`. */
export const double = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** True when no value, `undefined` aside, occurs twice. */
export function areDistinct(values: readonly (string | number | undefined)[]): boolean {
  const present = values.filter((value) => value !== undefined);
  return new Set(present).size === present.length;
}
