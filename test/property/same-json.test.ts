import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../lib/model/content-hash.ts';
import { isSameJson } from '../../lib/model/same-json.ts';

/** Few keys and values, so that equal ones meet; `undefined` stands for a key that is not there. */
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(null, true, false, 0, -0, 1, '', 'a', '1'),
    fc.array(tie('json'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(tie('json'), fc.constant(undefined)), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}));

/** The same with its keys the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]) => [key, turned(entry)]),
  );
}

describe('two values', () => {
  it('are the same JSON exactly when their hashes are equal', () => {
    let same = 0;
    fc.assert(
      fc.property(json, json, (a, b) => {
        const equal = contentHash(a) === contentHash(b);
        if (equal) same += 1;
        expect(isSameJson(a, b)).toBe(equal);
        expect(isSameJson(a, turned(a))).toBe(true);
        expect(contentHash(turned(a))).toBe(contentHash(a));
      }),
      { numRuns: 2_000 },
    );
    expect(same).toBeGreaterThan(20);
  });
});
