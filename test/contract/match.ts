/** What a text in an expectation stands for. */
const SIGNS: Readonly<Record<string, (value: unknown) => boolean>> = {
  '<any>': () => true,
  '<text>': (value) => typeof value === 'string' && value !== '',
  '<number>': (value) => typeof value === 'number',
  '<boolean>': (value) => typeof value === 'boolean',
  '<list>': (value) => Array.isArray(value),
  '<object>': (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  '<uuid>': (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  '<timestamp>': (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
};
/** In a list: it has these, among others and in any order. */
const CONTAINS = '<contains>';
/** In a list: it has none of these. */
const LACKS = '<lacks>';
/** A text that begins so is a regular expression for the whole text. */
const PATTERN = '~';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 400) ?? 'nothing';

function inText(expected: string, actual: unknown): boolean {
  const sign = SIGNS[expected];
  if (sign !== undefined) return sign(actual);
  if (!expected.startsWith(PATTERN)) return actual === expected;
  return typeof actual === 'string' && new RegExp(`^(?:${expected.slice(1)})$`, 's').test(actual);
}

function inList(expected: readonly unknown[], actual: readonly unknown[], isWhole: boolean): readonly string[] {
  if (expected.length !== actual.length) return [`: ${expected.length} elements expected, not ${shown(actual)}`];
  return expected.flatMap((one, index) => differences(one, actual[index], isWhole).map((text) => `/${index}${text}`));
}

function inObject(
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  isWhole: boolean,
): readonly string[] {
  const unknown = isWhole ? Object.keys(actual).filter((key) => !Object.hasOwn(expected, key)) : [];
  return [
    ...unknown.map((key) => `/${key}: not expected, but ${shown(actual[key])}`),
    ...Object.entries(expected).flatMap(([key, one]) =>
      Object.hasOwn(actual, key)
        ? differences(one, actual[key], isWhole).map((text) => `/${key}${text}`)
        : [`/${key}: missing`],
    ),
  ];
}

/** What is other than expected, with the place. `isWhole`: objects have no more keys than are expected. */
export function differences(expected: unknown, actual: unknown, isWhole: boolean): readonly string[] {
  const wrong = [`: ${shown(expected)} expected, not ${shown(actual)}`];
  if (typeof expected === 'string') return inText(expected, actual) ? [] : wrong;
  if (Array.isArray(expected)) return Array.isArray(actual) ? inList(expected, actual, isWhole) : wrong;
  if (!isObject(expected)) return expected === actual ? [] : wrong;
  if (CONTAINS in expected || LACKS in expected) {
    if (!Array.isArray(actual)) return wrong;
    const has = (one: unknown): boolean => actual.some((other) => differences(one, other, isWhole).length === 0);
    const listed = (key: string): readonly unknown[] => (Array.isArray(expected[key]) ? expected[key] : []);
    return listed(CONTAINS).every(has) && !listed(LACKS).some(has) ? [] : wrong;
  }
  return isObject(actual) ? inObject(expected, actual, isWhole) : wrong;
}
