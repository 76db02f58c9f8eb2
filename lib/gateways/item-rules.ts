import type { AttributeValue, Item, ItemChanges, Key } from './store.ts';

/** DynamoDB's limits of one item, in bytes. */
const MAX_ITEM_BYTES = 400 * 1024;
const MAX_PK_BYTES = 2048;
const MAX_SK_BYTES = 1024;

/** What DynamoDB would refuse, under the name of its exception. */
class ItemRefused extends Error {
  override readonly name = 'ValidationException';
}

/** Throws when a key is empty or too long. */
export function checkKey(key: Key): Key {
  checkKeyPart('pk', key.pk, MAX_PK_BYTES);
  checkKeyPart('sk', key.sk, MAX_SK_BYTES);
  return { pk: key.pk, sk: key.sk };
}

function checkKeyPart(name: string, value: string, limit: number): void {
  const bytes = Buffer.byteLength(value);
  if (bytes === 0 || bytes > limit) throw new ItemRefused(`${name} must have 1 to ${limit} bytes, it has ${bytes}`);
}

/** Throws when a page may hold no item. */
export function checkLimit(limit: number): void {
  if (!(limit >= 1)) throw new ItemRefused(`limit must be at least 1, it is ${limit}`);
}

/** Throws when a number cannot be stored. -0 becomes 0, as a decimal store knows only one zero. */
export function checkNumber(name: string, value: number): number {
  const size = Math.abs(value);
  if (value === 0) return 0;
  if (size >= 1e-130 && size < 1e126) return value;
  throw new ItemRefused(`${name} is ${value}: numbers range from 1e-130 to 9.99e125`);
}

/** Throws when a change names a key attribute, or one attribute twice. */
export function checkChanges(changes: ItemChanges): void {
  const named = [...Object.keys(changes.set ?? {}), ...Object.keys(changes.add ?? {}), ...(changes.remove ?? [])];
  const key = named.find((name) => name === 'pk' || name === 'sk');
  if (key !== undefined) throw new ItemRefused(`${key} is part of the key and cannot be changed`);
  const twice = named.find((name, index) => named.indexOf(name) !== index);
  if (twice !== undefined) throw new ItemRefused(`${twice} is changed twice in one update`);
}

/** The size of an item as DynamoDB counts it: names and values. Throws above 400 KB. */
export function checkedItemSize(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += Buffer.byteLength(name) + valueSize(item[name] ?? '');
  if (bytes > MAX_ITEM_BYTES) throw new ItemRefused(`an item may have ${MAX_ITEM_BYTES} bytes, it has ${bytes}`);
  return bytes;
}

function valueSize(value: AttributeValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return typeof value === 'boolean' ? 1 : 1 + Math.ceil(String(value).length / 2);
}

/** What ADD makes of an attribute: a decimal sum, so that 0.1 + 0.2 is 0.3 as DynamoDB has it. */
export function sumOf(name: string, former: AttributeValue | undefined, added: number): number {
  if (former !== undefined && typeof former !== 'number') {
    throw new ItemRefused(`${name} holds a ${typeof former}: only a number can be added to`);
  }
  const sum = (former ?? 0) + added;
  const exact = Number.isSafeInteger(former ?? 0) && Number.isSafeInteger(added) && Number.isSafeInteger(sum);
  return exact ? sum : decimalSum(former ?? 0, added);
}

function decimalSum(a: number, b: number): number {
  const [left, right] = [toDecimal(a), toDecimal(b)];
  const scale = Math.max(left.scale, right.scale);
  const digits = scaleUp(left, scale) + scaleUp(right, scale);
  return Number(`${digits}e${-scale}`);
}

interface Decimal {
  readonly digits: bigint;
  /** The number is digits / 10^scale. */
  readonly scale: number;
}

function toDecimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

function scaleUp({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}

/** Order of sort keys: by UTF-8 bytes. UTF-16 puts surrogates before U+E000, so those units are moved behind. */
export function compareSortKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return inByteOrder(left) - inByteOrder(right);
  }
  return a.length - b.length;
}

function inByteOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
