/** Says whether an event (or a stream record) matches. */
export type EventPattern = (event: unknown) => boolean;

/** A pattern that the local cloud cannot execute; the text says where in the pattern and why. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

type FieldMatcher = (value: unknown) => boolean;

/**
 * Compiles an event pattern: objects nest as the event does, lists hold the values allowed.
 * Operators: exact values, `{"exists": true|false}` and `{"prefix": "…"}`. Throws `PatternError` for any other, by name.
 * As in EventBridge `exists` looks at fields that hold a value: an object or an empty list does not exist.
 */
export function compileEventPattern(pattern: unknown): EventPattern {
  if (!isRecord(pattern)) throw new PatternError('an event pattern is a JSON object');
  const matches = compileObject(pattern, '');
  return (event) => matches(event);
}

function compileObject(pattern: Readonly<Record<string, unknown>>, path: string): FieldMatcher {
  const fields = Object.entries(pattern).map(([name, part]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (name.startsWith('$')) throw new PatternError(`operator ${name} at ${at} is not supported by the local cloud`);
    if (Array.isArray(part)) return [name, compileValues(part, at)] as const;
    if (isRecord(part)) return [name, compileObject(part, at)] as const;
    throw new PatternError(`${at} must be a list of values or an object`);
  });
  const matchesObject = (value: unknown): boolean =>
    fields.every(([name, matches]) => matches(isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined));
  // A list of objects matches when one of them does as a whole.
  return (value) => (Array.isArray(value) && value.length > 0 ? value.some(matchesObject) : matchesObject(value));
}

function compileValues(values: readonly unknown[], path: string): FieldMatcher {
  if (values.length === 0) throw new PatternError(`${path} allows no value: its list is empty`);
  const matchers = values.map((value) => compileValue(value, path));
  return (field) => matchers.some((matches) => matches(field));
}

function compileValue(expected: unknown, path: string): FieldMatcher {
  if (!isRecord(expected)) {
    if (Array.isArray(expected)) throw new PatternError(`${path} nests a list in its list of values`);
    return (field) => leavesOf(field).includes(expected);
  }
  const [operator = '', ...others] = Object.keys(expected);
  const argument = expected[operator];
  if (others.length === 0 && operator === 'exists' && typeof argument === 'boolean') {
    return (field) => leavesOf(field).length > 0 === argument;
  }
  if (others.length === 0 && operator === 'prefix' && typeof argument === 'string') {
    return (field) => leavesOf(field).some((leaf) => typeof leaf === 'string' && leaf.startsWith(argument));
  }
  throw new PatternError(
    `operator ${[operator, ...others].join(', ')} at ${path} is not supported by the local cloud, ` +
      'only exact values, exists and prefix',
  );
}

/** The values of a field: a list counts as its members, objects hold their values further down. */
function leavesOf(field: unknown): readonly unknown[] {
  if (field === undefined) return [];
  if (Array.isArray(field)) return field.flatMap(leavesOf);
  return isRecord(field) ? [] : [field];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
