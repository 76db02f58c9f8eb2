/** The first of several equal values: Marathon reads some lists as sets. Field order plays no part in schema output. */
export function distinct<T>(values: readonly T[]): readonly T[] {
  const seen = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...seen.values()];
}
