import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareSortKeys } from '../../lib/gateways/item-rules.ts';
import { MemoryPartition } from '../../lib/gateways/memory-partition.ts';

const KEYS = 400;
/** A run of keys that are written or deleted, then a look. Short runs and long ones are put in order in different ways. */
const step = fc.record({
  kind: fc.constantFrom('set' as const, 'delete' as const),
  from: fc.nat({ max: KEYS }),
  count: fc.oneof(fc.constant(1), fc.constant(150)),
  backwards: fc.boolean(),
});

const sortKey = (number: number): string => `k${String(number).padStart(4, '0')}`;

test('the keys of a partition are in order after any writes and deletions', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const partition = new MemoryPartition();
      const model = new Set<string>();
      for (const { kind, from, count, backwards } of steps) {
        const range = Array.from({ length: count }, (_, index) => sortKey(from + index));
        for (const sk of backwards ? range.reverse() : range) {
          if (kind === 'set') {
            partition.set({ item: { pk: 'p', sk }, size: 1 });
            model.add(sk);
          } else expect(partition.delete(sk)).toBe(model.delete(sk));
        }
        expect(partition.page({}).items.map(({ sk }) => sk)).toEqual([...model].sort(compareSortKeys));
        expect(partition.size).toBe(model.size);
      }
    }),
    { numRuns: 300 },
  );
});

test('what is deleted and written between two looks is there once', () => {
  const partition = new MemoryPartition();
  const set = (sk: string): void => partition.set({ item: { pk: 'p', sk }, size: 1 });
  for (const sk of ['b', 'a', 'c']) set(sk);
  partition.delete('a');
  set('a');
  partition.delete('c');
  set('c');
  partition.delete('c');
  expect(partition.page({}).items.map(({ sk }) => sk)).toEqual(['a', 'b']);
});
