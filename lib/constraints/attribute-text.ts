const SCALAR = /^[0-9]+(?:\.[0-9]+)?$/;
const RANGES = /^\[\s*\d+-\d+(?:\s*,\s*\d+-\d+)*\s*\]$/;
const SET = /^\{[^{}]*\}$/;

/**
 * The text that constraints compare, made from an attribute as an agent declares it: scalars with at most three
 * decimals, ranges sorted by their begin, sets sorted as text, all other text itself (scheduling.md §2.1).
 */
export function attributeText(declared: string): string {
  // Told by the first character: most are text, and the attributes of all agents come by here.
  const [first = ''] = declared;
  if (first >= '0' && first <= '9') return isScalar(declared) ? scalarText(Number(declared)) : declared;
  if (first === '[' && RANGES.test(declared)) return rangesText(declared.slice(1, -1));
  if (first === '{' && SET.test(declared)) return setText(declared.slice(1, -1));
  return declared;
}

export function isScalar(text: string): boolean {
  return SCALAR.test(text);
}

/** Three decimals, half-even on the exact binary value, no trailing zeroes and no exponent (Java's DecimalFormat). */
export function scalarText(value: number): string {
  if (value >= 1e21) return Number.isFinite(value) ? BigInt(value).toString() : '∞';
  const fixed = tieText(value) ?? value.toFixed(3);
  return fixed.replace(/\.?0+$/, '');
}

/**
 * `toFixed` rounds the exact value too, but ties upwards. A tie at the third decimal is an odd number of sixteenths
 * (1000 x = n + ½ needs a denominator of 2000 = 16 · 125); thousandths of the whole part are even, so only the
 * fraction decides which neighbour is.
 */
function tieText(value: number): string | undefined {
  const sixteenths = (value % 1) * 16;
  if (!Number.isInteger(sixteenths) || sixteenths % 2 === 0) return undefined;
  const below = Math.floor(sixteenths * 62.5);
  const even = below % 2 === 0 ? below : below + 1;
  return `${Math.trunc(value)}.${String(even).padStart(3, '0')}`;
}

function rangesText(list: string): string {
  const ranges = list.split(',').map((range) => range.trim().split('-').map(Number));
  ranges.sort(([a = 0], [b = 0]) => a - b);
  return `[${ranges.map((range) => range.join('-')).join(',')}]`;
}

function setText(list: string): string {
  const members = list.split(',').map((member) => member.trim());
  return `{${members.sort().join(',')}}`;
}
