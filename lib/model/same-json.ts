const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Whether two values are the same JSON: keys in any order, a key without a value being no key. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item: unknown, index) => isSameJson(item, b[index]))
    );
  }
  const holds = (key: string): boolean =>
    isSameJson(Object.hasOwn(a, key) ? a[key] : undefined, Object.hasOwn(b, key) ? b[key] : undefined);
  return Object.keys(a).every(holds) && Object.keys(b).every((key) => Object.hasOwn(a, key) || b[key] === undefined);
}
