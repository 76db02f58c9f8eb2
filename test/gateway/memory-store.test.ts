import { expect, test } from 'vitest';
import { createMemoryStore } from '../../lib/gateways/memory-store.ts';
import type { ChangeRecord } from '../../lib/gateways/store.ts';
import { describeStore } from './store-suite.ts';

describeStore(
  'memory store',
  async () => {
    const store = createMemoryStore();
    const records: ChangeRecord[] = [];
    const stop = store.subscribe((record) => records.push(record));
    return {
      store,
      changes: async () => records,
      expire: async () => {
        store.expire(Date.now());
      },
      close: async () => stop(),
    };
  },
  { runs: 500 },
);

test('a write that a listener makes is told after the one it reacts to, to every listener', async () => {
  const store = createMemoryStore();
  const told: string[] = [];
  store.subscribe(({ key }) => {
    if (key.sk === 'cause') void store.put({ pk: 'p', sk: 'effect' });
  });
  const stop = store.subscribe(({ kind, key }) => told.push(`${kind} ${key.sk}`));
  await store.put({ pk: 'p', sk: 'cause' });
  expect(told).toEqual(['INSERT cause', 'INSERT effect']);
  stop();
  await store.delete({ pk: 'p', sk: 'cause' });
  expect(told).toHaveLength(2);
});

test('what is given and taken cannot be changed from outside', async () => {
  const store = createMemoryStore();
  const given = { pk: 'p', sk: 's', n: 1 };
  await store.put(given);
  given.n = 2;
  const taken = await store.get(given);
  expect(taken).toEqual({ pk: 'p', sk: 's', n: 1 });
  expect(Object.isFrozen(taken)).toBe(true);
});
