import { createHash } from 'node:crypto';
import type { ContentHash } from './ids.ts';

/**
 * The address of an immutable value: SHA-256 (hex) of its canonical JSON. Keys are sorted and keys without a value
 * are left out, so equal values have equal hashes whatever their key order. Throws a TypeError for what JSON cannot
 * hold without loss (functions, bigints, NaN, dates and other class instances).
 */
export function contentHash(value: unknown): ContentHash {
  return createHash('sha256').update(canonicalJson(value)).digest('hex') as ContentHash;
}

function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isPlainObject(value)) {
    let text = '';
    for (const key of Object.keys(value).sort()) {
      const entry = value[key];
      if (entry !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(entry)}`;
    }
    return `{${text}}`;
  }
  throw new TypeError(`not a JSON value: ${String(value)}`);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
