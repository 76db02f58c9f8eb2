import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type AttributeValue,
  type ChangeRecord,
  type Item,
  type QueryRange,
  queryAll,
  type Store,
  type WriteCondition,
} from '../../lib/gateways/store.ts';
import { operationsOf } from './store-arbitraries.ts';
import { createStoreModel, type Outcome, type StoreOperation } from './store-model.ts';

/** An implementation of `Store` on trial, with what the interface leaves to the table. */
export interface StoreOnTrial {
  readonly store: Store;
  /** Every change so far, in the order in which the stream tells them. */
  changes(): Promise<readonly ChangeRecord[]>;
  /** Has time to live (attribute `ttl`) delete what is due, now or within seconds. */
  expire(): Promise<void>;
  close(): Promise<void>;
}

interface SuiteOptions {
  /** How many random sequences of calls to compare with the model. */
  readonly runs: number;
}

/** The one suite that every implementation of `Store` passes. Tests share the table; each has partitions of its own. */
export function describeStore(name: string, open: () => Promise<StoreOnTrial>, { runs }: SuiteOptions): void {
  describe(name, () => {
    let trial: StoreOnTrial;
    let store: Store;
    let partitions = 0;
    beforeAll(async () => {
      trial = await open();
      store = trial.store;
    });
    afterAll(() => trial.close());

    const newPartition = () => `test#${(partitions += 1)}`;
    const newKey = () => ({ pk: newPartition(), sk: 's' });
    const changesOf = async (pk: string) => (await trial.changes()).filter(({ key }) => key.pk === pk);

    async function readAll(pk: string, range?: QueryRange): Promise<Item[]> {
      const items: Item[] = [];
      for await (const item of queryAll(store, pk, range)) items.push(item);
      return items;
    }

    describe('conditions', () => {
      const yes: WriteCondition = { kind: 'equals', attribute: 'n', value: 5 };
      const no: WriteCondition = { kind: 'equals', attribute: 'n', value: 6 };
      const cases: readonly [string, WriteCondition, { onItem: boolean; onNothing: boolean }][] = [
        ['absent', { kind: 'absent' }, { onItem: false, onNothing: true }],
        ['exists', { kind: 'exists' }, { onItem: true, onNothing: false }],
        ['equals a number', yes, { onItem: true, onNothing: false }],
        ['equals another number', no, { onItem: false, onNothing: false }],
        ['equals text', { kind: 'equals', attribute: 'status', value: 'up' }, { onItem: true, onNothing: false }],
        ['equals a truth value', { kind: 'equals', attribute: 'on', value: true }, { onItem: true, onNothing: false }],
        ['equals across types', { kind: 'equals', attribute: 'n', value: '5' }, { onItem: false, onNothing: false }],
        ['equals the sort key', { kind: 'equals', attribute: 'sk', value: 's' }, { onItem: true, onNothing: false }],
        ['missing, it is', { kind: 'missing', attribute: 'other' }, { onItem: true, onNothing: true }],
        ['missing, it is not', { kind: 'missing', attribute: 'n' }, { onItem: false, onNothing: true }],
        ['atMost, equal', { kind: 'atMost', attribute: 'n', value: 5 }, { onItem: true, onNothing: false }],
        ['atMost, below', { kind: 'atMost', attribute: 'n', value: 4.99 }, { onItem: false, onNothing: false }],
        ['atMost, above', { kind: 'atMost', attribute: 'n', value: 10 }, { onItem: true, onNothing: false }],
        ['atMost of text', { kind: 'atMost', attribute: 'status', value: 9 }, { onItem: false, onNothing: false }],
        ['any of none', { kind: 'any', of: [] }, { onItem: false, onNothing: false }],
        ['all of none', { kind: 'all', of: [] }, { onItem: true, onNothing: true }],
        ['any of one', { kind: 'any', of: [yes] }, { onItem: true, onNothing: false }],
        ['any, the second holds', { kind: 'any', of: [no, yes] }, { onItem: true, onNothing: false }],
        ['all, one does not hold', { kind: 'all', of: [yes, no] }, { onItem: false, onNothing: false }],
        [
          'all in any in all, with single ones between',
          {
            kind: 'all',
            of: [
              { kind: 'any', of: [{ kind: 'all', of: [yes, { kind: 'exists' }] }] },
              { kind: 'any', of: [no, yes] },
            ],
          },
          { onItem: true, onNothing: false },
        ],
        [
          'any of absent and all',
          { kind: 'any', of: [{ kind: 'absent' }, { kind: 'all', of: [yes, no] }] },
          { onItem: false, onNothing: true },
        ],
      ];

      test.each(cases)('%s', async (_name, condition, { onItem, onNothing }) => {
        for (const [there, holds] of [[true, onItem] as const, [false, onNothing] as const]) {
          const start = async () => {
            const item = { ...newKey(), n: 5, status: 'up', on: true };
            if (there) await store.put(item);
            return { key: { pk: item.pk, sk: item.sk }, before: there ? item : undefined };
          };
          const put = await start();
          const wanted = { ...put.key, n: 7 };
          expect(await store.put(wanted, condition)).toBe(holds);
          expect(await store.get(put.key)).toEqual(holds ? wanted : put.before);

          const update = await start();
          const updated = { ...update.key, ...update.before, n: 7 };
          expect(await store.update(update.key, { set: { n: 7 } }, condition)).toEqual(holds ? updated : undefined);
          expect(await store.get(update.key)).toEqual(holds ? updated : update.before);

          const removal = await start();
          expect(await store.delete(removal.key, condition)).toBe(holds);
          expect(await store.get(removal.key)).toEqual(holds ? undefined : removal.before);
        }
      });
    });

    describe('writes', () => {
      test('put replaces the whole item', async () => {
        const key = newKey();
        expect(await store.put({ ...key, a: 1, b: 2 })).toBe(true);
        expect(await store.put({ ...key, c: 3 })).toBe(true);
        expect(await store.get(key)).toEqual({ ...key, c: 3 });
      });

      test('update sets, adds and removes in one step', async () => {
        const key = newKey();
        await store.put({ ...key, kept: 'k', changed: 'old', count: 2, gone: true });
        const changes = {
          set: { changed: 'new', made: false },
          add: { count: -5, first: 3 },
          remove: ['gone', 'never'],
        };
        const after = { ...key, kept: 'k', changed: 'new', made: false, count: -3, first: 3 };
        expect(await store.update(key, changes)).toEqual(after);
        expect(await store.get(key)).toEqual(after);
      });

      test('update makes an item that is not there, even with nothing to change', async () => {
        const [filled, empty] = [newKey(), newKey()];
        expect(await store.update(filled, { add: { rev: 1 } })).toEqual({ ...filled, rev: 1 });
        expect(await store.update(empty, {})).toEqual(empty);
        expect(await store.get(empty)).toEqual(empty);
        expect(await store.update(filled, { set: {}, add: {}, remove: [] })).toEqual({ ...filled, rev: 1 });
      });

      test('add sums decimals', async () => {
        const key = newKey();
        await store.update(key, { add: { cpus: 0.1 } });
        expect(await store.update(key, { add: { cpus: 0.2 } })).toEqual({ ...key, cpus: 0.3 });
        expect(await store.update(key, { add: { cpus: -0.3 } })).toEqual({ ...key, cpus: 0 });
      });

      test('deleting what is not there is true', async () => {
        expect(await store.delete(newKey())).toBe(true);
      });

      test('a key may come with other properties', async () => {
        const item = { ...newKey(), a: 1 };
        await store.put(item);
        expect(await store.get(item)).toEqual(item);
        expect(await store.getMany([item])).toEqual([item]);
        expect(await store.update(item, { add: { a: 1 } })).toEqual({ ...item, a: 2 });
        expect(await store.delete(item)).toBe(true);
      });

      const values: readonly [string, AttributeValue][] = [
        ['empty text', ''],
        ['text of 100,000 characters', 'ä'.repeat(100_000)],
        ['text of every plane', 'a\u0000\n"\\\u{1f600}\uffff€'],
        ['zero', 0],
        ['a decimal', -123.456],
        ['a small number', 1e-7],
        ['a large number', 1.5e21],
        ['the largest safe integer', Number.MAX_SAFE_INTEGER],
        ['true', true],
        ['false', false],
      ];
      test.each(values)('%s comes back as it went in', async (_name, value) => {
        const item = { ...newKey(), value };
        await store.put(item);
        expect(await store.get(item)).toEqual(item);
        expect(await store.put(item, { kind: 'equals', attribute: 'value', value })).toBe(true);
      });

      test('attributes may have any name', async () => {
        const key = newKey();
        const odd = { name: 1, 'a.b': 2, 'a-b': 3, '#n0': 4, ':v0': 5, 'two words': 6, '[0]': 7, 'ü€': 8 };
        expect(await store.update(key, { set: odd })).toEqual({ ...key, ...odd });
        const more = Object.fromEntries(Object.keys(odd).map((attribute) => [attribute, 1]));
        const condition = { kind: 'equals', attribute: 'a.b', value: 2 } as const;
        expect(await store.update(key, { add: more }, condition)).toMatchObject({ 'a.b': 3, ':v0': 6, 'ü€': 9 });
        expect(await store.update(key, { remove: Object.keys(odd) })).toEqual(key);
      });
    });

    describe('refusals', () => {
      const key = { pk: 'refused', sk: 's' };
      const refused: readonly [string, () => Promise<unknown>][] = [
        ['an item above 400 KB', () => store.put({ ...key, text: 'x'.repeat(410 * 1024) })],
        ['an update to more than 400 KB', () => store.update(key, { set: { text: 'x'.repeat(410 * 1024) } })],
        ['an empty partition key', () => store.get({ pk: '', sk: 's' })],
        ['an empty sort key', () => store.put({ pk: 'refused', sk: '' })],
        ['a partition key above 2,048 bytes', () => store.put({ pk: 'x'.repeat(2049), sk: 's' })],
        ['a sort key above 1,024 bytes', () => store.delete({ pk: 'refused', sk: 'x'.repeat(1025) })],
        ['not a number', () => store.put({ ...key, n: Number.NaN })],
        ['a number that is too large', () => store.update(key, { set: { n: 1e126 } })],
        ['an infinite sum', () => store.update(key, { add: { n: Number.POSITIVE_INFINITY } })],
        ['a change of the key', () => store.update(key, { set: { sk: 't' } })],
        ['two changes of one attribute', () => store.update(key, { set: { a: 1 }, remove: ['a'] })],
        ['a page of no items', () => store.query('refused', { limit: 0 })],
      ];
      test.each(refused)('%s', async (_name, call) => {
        await expect(call()).rejects.toMatchObject({ name: 'ValidationException' });
        expect(await readAll('refused')).toEqual([]);
      });

      test('adding to text changes nothing', async () => {
        const item = { ...newKey(), text: 'x', n: 1 };
        await store.put(item);
        const call = store.update(item, { add: { text: 1, n: 1 } });
        await expect(call).rejects.toMatchObject({ name: 'ValidationException' });
        expect(await store.get(item)).toEqual(item);
      });
    });

    describe('races', () => {
      test('of 50 updates under one rev, one wins, ten times over', async () => {
        const key = newKey();
        await store.put({ ...key, rev: 0 });
        for (let rev = 0; rev < 10; rev += 1) {
          const seen: WriteCondition = { kind: 'equals', attribute: 'rev', value: rev };
          const race = Array.from({ length: 50 }, (_, by) => store.update(key, { set: { by }, add: { rev: 1 } }, seen));
          const won = (await Promise.all(race)).filter((item) => item !== undefined);
          expect(won).toEqual([{ ...key, rev: rev + 1, by: expect.any(Number) }]);
          expect(await store.get(key)).toEqual(won[0]);
        }
      });

      test('of 50 that make one item, one does; of 50 that delete it, one does', async () => {
        const key = newKey();
        const puts = Array.from({ length: 50 }, (_, by) => store.put({ ...key, by }, { kind: 'absent' }));
        const made = (await Promise.all(puts)).map((won, by) => ({ won, by })).filter(({ won }) => won);
        expect(made).toHaveLength(1);
        expect(await store.get(key)).toEqual({ ...key, by: made[0]?.by });
        const deletes = Array.from({ length: 50 }, () => store.delete(key, { kind: 'exists' }));
        expect((await Promise.all(deletes)).filter(Boolean)).toHaveLength(1);
      });

      test('50 numbers drawn by add are all different', async () => {
        const key = newKey();
        const drawn = await Promise.all(Array.from({ length: 50 }, () => store.update(key, { add: { head: 1 } })));
        const numbers = drawn.map((item) => item?.['head']).sort((a, b) => Number(a) - Number(b));
        expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
      });
    });

    describe('queries', () => {
      /** In the order of their UTF-8 bytes, which is not JavaScript's. */
      const sortKeys = [
        '\u0001',
        ' ',
        '!',
        '#1',
        '#1#a',
        '#10',
        '#2',
        '/',
        '/a',
        '/a/b',
        '/a~',
        'A',
        'a',
        'aa',
        '~',
        'é',
        '€',
        '\uffee',
        '\u{1f600}',
      ];

      test('keys of any text come back in the order of their bytes', async () => {
        const pk = `${newPartition()}/€#~ \u{1f600}`;
        await Promise.all(sortKeys.toReversed().map((sk) => store.put({ pk, sk })));
        expect((await readAll(pk)).map(({ sk }) => sk)).toEqual(sortKeys);
        for (const sk of sortKeys) expect(await store.get({ pk, sk })).toEqual({ pk, sk });
      });

      test('prefix, after and limit in every combination', async () => {
        const pk = newPartition();
        await Promise.all(sortKeys.map((sk) => store.put({ pk, sk })));
        for (const prefix of ['', '#', '#1', '/a', 'a', 'none', '\u{1f600}']) {
          for (const after of [undefined, '', '#1', '#5', '/a', '~~~', '\u{1f600}']) {
            const wanted = sortKeys.filter((sk) => sk.startsWith(prefix) && isBehind(sk, after ?? ''));
            const range = { prefix, ...(after === undefined ? {} : { after }) };
            expect((await readAll(pk, range)).map(({ sk }) => sk)).toEqual(wanted);
            const page = await store.query(pk, { ...range, limit: 2, consistent: false });
            expect(page.items.map(({ sk }) => sk)).toEqual(wanted.slice(0, 2));
            if (wanted.length > 2) expect(page.next).toBe(wanted[1]);
            expect((await readAll(pk, { ...range, limit: 2 })).map(({ sk }) => sk)).toEqual(wanted);
          }
        }
      });

      test('a partition above 1 MB comes in pages', async () => {
        const pk = newPartition();
        const items = Array.from({ length: 30 }, (_, index) => ({
          pk,
          sk: `item#${10 + index}`,
          text: 'x'.repeat(60_000),
        }));
        await Promise.all(items.map((item) => store.put(item)));
        const first = await store.query(pk, { prefix: 'item#' });
        expect(first.items.length).toBeGreaterThan(10);
        expect(first.items.length).toBeLessThan(20);
        expect(first.next).toBe(first.items.at(-1)?.sk);
        expect(await readAll(pk, { prefix: 'item#' })).toEqual(items);
      });

      test('an unknown partition is an empty page', async () => {
        expect(await store.query(newPartition())).toEqual({ items: [] });
      });
    });

    test('getMany takes any number of keys, repeated and missing ones too', async () => {
      const pk = newPartition();
      const items = Array.from({ length: 230 }, (_, index) => ({
        pk,
        sk: `${1000 + index}`,
        text: 'x'.repeat(20_000),
      }));
      await Promise.all(items.map((item) => store.put(item)));
      const missing = Array.from({ length: 70 }, (_, index) => ({ pk, sk: `none${index}` }));
      const found = await store.getMany([...missing, ...items, ...items.slice(0, 40)]);
      expect(found.toSorted((a, b) => (a.sk < b.sk ? -1 : 1))).toEqual(items);
      expect(await store.getMany([])).toEqual([]);
    });

    describe('stream', () => {
      test('tells each change once, and none where nothing changed', async () => {
        const key = newKey();
        await store.put({ ...key, n: 1 });
        await store.put({ ...key, n: 1 });
        await store.put({ ...key, n: 2 }, { kind: 'absent' });
        await store.update(key, { set: { n: 2 } });
        await store.update(key, { set: { n: 2 }, remove: ['never'] });
        await store.delete(key);
        await store.delete(key);
        await store.update(key, {});
        const wanted = [
          { kind: 'INSERT', key, item: { ...key, n: 1 }, sequence: expect.any(String) },
          { kind: 'MODIFY', key, item: { ...key, n: 2 }, sequence: expect.any(String) },
          { kind: 'REMOVE', key, sequence: expect.any(String) },
          { kind: 'INSERT', key, item: key, sequence: expect.any(String) },
        ];
        await vi.waitFor(async () => expect(await changesOf(key.pk)).toEqual(wanted));
        expect(new Set((await changesOf(key.pk)).map(({ sequence }) => sequence)).size).toBe(wanted.length);
      });

      test('keeps the order of each item under concurrent writes and loses nothing', async () => {
        const pk = newPartition();
        const count = (sk: string) => store.update({ pk, sk }, { add: { n: 1 } });
        await Promise.all(Array.from({ length: 200 }, (_, index) => count(`item${index % 5}`)));
        await vi.waitFor(async () => expect(await changesOf(pk)).toHaveLength(200));
        for (let index = 0; index < 5; index += 1) {
          const told = (await changesOf(pk)).filter(({ key }) => key.sk === `item${index}`);
          expect(told.map(({ item }) => item?.['n'])).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
          expect(told.map(({ kind }) => kind)).toEqual(['INSERT', ...Array.from({ length: 39 }, () => 'MODIFY')]);
        }
      });
    });

    test('time to live deletes what is due and tells it', async () => {
      const pk = newPartition();
      const seconds = Math.floor(Date.now() / 1000);
      const due = { pk, sk: 'due', ttl: seconds - 10 };
      const postponed = { pk, sk: 'postponed', ttl: seconds - 10 };
      const kept = [
        { pk, sk: 'later', ttl: seconds + 3600 },
        { pk, sk: 'never' },
        { pk, sk: 'six years ago', ttl: seconds - 6 * 366 * 24 * 3600 },
        { pk, sk: 'text', ttl: String(seconds - 10) },
      ];
      await Promise.all([...kept, postponed].map((item) => store.put(item)));
      await store.update(postponed, { set: { ttl: seconds + 3600 } });
      await store.put(due);
      await trial.expire();
      await vi.waitFor(async () => expect(await store.get(due)).toBeUndefined(), { timeout: 15_000 });
      expect((await readAll(pk)).map(({ sk }) => sk)).toEqual(['later', 'never', 'postponed', 'six years ago', 'text']);
      await vi.waitFor(async () => {
        expect((await changesOf(pk)).at(-1)).toEqual({
          kind: 'REMOVE',
          key: { pk, sk: 'due' },
          sequence: expect.any(String),
        });
      });
    });

    test('any sequence of calls comes to what the model says', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(operationsOf('run/'), async (operations) => {
          run += 1;
          const model = createStoreModel();
          for (const operation of operations.map((each) => moveTo(each, `${run}/`))) {
            expect(await applyTo(store, operation)).toEqual(model.apply(operation));
          }
          for (const pk of [`${run}/run/p`, `${run}/run/q`]) {
            const wanted = [...model.items.values()].filter((item) => item.pk === pk);
            expect(await readAll(pk)).toEqual(wanted.toSorted((a, b) => (a.sk < b.sk ? -1 : 1)));
          }
        }),
        { numRuns: runs },
      );
    }, 60_000);
  });
}

function isBehind(sk: string, after: string): boolean {
  return Buffer.compare(Buffer.from(sk), Buffer.from(after)) > 0;
}

/** The same call in partitions of its own. */
function moveTo(operation: StoreOperation, run: string): StoreOperation {
  if (operation.kind === 'put') return { ...operation, item: { ...operation.item, pk: run + operation.item.pk } };
  return { ...operation, key: { ...operation.key, pk: run + operation.key.pk } };
}

async function applyTo(store: Store, operation: StoreOperation): Promise<Outcome> {
  try {
    switch (operation.kind) {
      case 'get':
        return await store.get(operation.key);
      case 'put':
        return await store.put(operation.item, operation.condition);
      case 'update':
        return await store.update(operation.key, operation.changes, operation.condition);
      case 'delete':
        return await store.delete(operation.key, operation.condition);
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationException') return 'refused';
    throw error;
  }
}
