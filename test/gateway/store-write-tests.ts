import { describe, expect, test } from 'vitest';
import type { AttributeValue, WriteCondition } from '../../lib/gateways/store.ts';
import type { StoreTrial } from './store-trial.ts';

/** What writes come to, what is refused, and who wins a race. */
export function describeWrites(trial: StoreTrial): void {
  describe('writes', () => {
    test('put replaces the whole item', async () => {
      const key = trial.newKey();
      expect(await trial.store.put({ ...key, a: 1, b: 2 })).toBe(true);
      expect(await trial.store.put({ ...key, c: 3 })).toBe(true);
      expect(await trial.store.get(key)).toEqual({ ...key, c: 3 });
    });

    test('update sets, adds and removes in one step', async () => {
      const key = trial.newKey();
      await trial.store.put({ ...key, kept: 'k', changed: 'old', count: 2, gone: true });
      const changes = {
        set: { changed: 'new', made: false },
        add: { count: -5, first: 3 },
        remove: ['gone', 'never'],
      };
      const after = { ...key, kept: 'k', changed: 'new', made: false, count: -3, first: 3 };
      expect(await trial.store.update(key, changes)).toEqual(after);
      expect(await trial.store.get(key)).toEqual(after);
    });

    test('update makes an item that is not there, even with nothing to change', async () => {
      const [filled, empty] = [trial.newKey(), trial.newKey()];
      expect(await trial.store.update(filled, { add: { rev: 1 } })).toEqual({ ...filled, rev: 1 });
      expect(await trial.store.update(empty, {})).toEqual(empty);
      expect(await trial.store.get(empty)).toEqual(empty);
      expect(await trial.store.update(filled, { set: {}, add: {}, remove: [] })).toEqual({ ...filled, rev: 1 });
    });

    test('add sums decimals', async () => {
      const key = trial.newKey();
      await trial.store.update(key, { add: { cpus: 0.1 } });
      expect(await trial.store.update(key, { add: { cpus: 0.2 } })).toEqual({ ...key, cpus: 0.3 });
      expect(await trial.store.update(key, { add: { cpus: -0.3 } })).toEqual({ ...key, cpus: 0 });
    });

    test('deleting what is not there is true', async () => {
      expect(await trial.store.delete(trial.newKey())).toBe(true);
    });

    test('a key may come with other properties', async () => {
      const item = { ...trial.newKey(), a: 1 };
      await trial.store.put(item);
      expect(await trial.store.get(item)).toEqual(item);
      expect(await trial.store.getMany([item])).toEqual([item]);
      expect(await trial.store.update(item, { add: { a: 1 } })).toEqual({ ...item, a: 2 });
      expect(await trial.store.delete(item)).toBe(true);
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
      const item = { ...trial.newKey(), value };
      await trial.store.put(item);
      expect(await trial.store.get(item)).toEqual(item);
      expect(await trial.store.put(item, { kind: 'equals', attribute: 'value', value })).toBe(true);
    });

    test('attributes may have any name', async () => {
      const key = trial.newKey();
      const odd = { name: 1, 'a.b': 2, 'a-b': 3, '#n0': 4, ':v0': 5, 'two words': 6, '[0]': 7, 'ü€': 8 };
      expect(await trial.store.update(key, { set: odd })).toEqual({ ...key, ...odd });
      const more = Object.fromEntries(Object.keys(odd).map((attribute) => [attribute, 1]));
      const condition = { kind: 'equals', attribute: 'a.b', value: 2 } as const;
      expect(await trial.store.update(key, { add: more }, condition)).toMatchObject({ 'a.b': 3, ':v0': 6, 'ü€': 9 });
      expect(await trial.store.update(key, { remove: Object.keys(odd) })).toEqual(key);
    });
  });

  describe('refusals', () => {
    const key = { pk: 'refused', sk: 's' };
    const refused: readonly [string, () => Promise<unknown>][] = [
      ['an item above 400 KB', () => trial.store.put({ ...key, text: 'x'.repeat(410 * 1024) })],
      ['an update to more than 400 KB', () => trial.store.update(key, { set: { text: 'x'.repeat(410 * 1024) } })],
      ['an empty partition key', () => trial.store.get({ pk: '', sk: 's' })],
      ['an empty sort key', () => trial.store.put({ pk: 'refused', sk: '' })],
      ['a partition key above 2,048 bytes', () => trial.store.put({ pk: 'x'.repeat(2049), sk: 's' })],
      ['a sort key above 1,024 bytes', () => trial.store.delete({ pk: 'refused', sk: 'x'.repeat(1025) })],
      ['not a number', () => trial.store.put({ ...key, n: Number.NaN })],
      ['a number that is too large', () => trial.store.update(key, { set: { n: 1e126 } })],
      ['an infinite sum', () => trial.store.update(key, { add: { n: Number.POSITIVE_INFINITY } })],
      ['a change of the key', () => trial.store.update(key, { set: { sk: 't' } })],
      ['two changes of one attribute', () => trial.store.update(key, { set: { a: 1 }, remove: ['a'] })],
      ['a page of no items', () => trial.store.query('refused', { limit: 0 })],
    ];
    test.each(refused)('%s', async (_name, call) => {
      await expect(call()).rejects.toMatchObject({ name: 'ValidationException' });
      expect(await trial.readAll('refused')).toEqual([]);
    });

    test('adding to text changes nothing', async () => {
      const item = { ...trial.newKey(), text: 'x', n: 1 };
      await trial.store.put(item);
      const call = trial.store.update(item, { add: { text: 1, n: 1 } });
      await expect(call).rejects.toMatchObject({ name: 'ValidationException' });
      expect(await trial.store.get(item)).toEqual(item);
    });
  });

  describe('races', () => {
    test('of 50 updates under one rev, one wins, ten times over', async () => {
      const key = trial.newKey();
      await trial.store.put({ ...key, rev: 0 });
      for (let rev = 0; rev < 10; rev += 1) {
        const seen: WriteCondition = { kind: 'equals', attribute: 'rev', value: rev };
        const race = Array.from({ length: 50 }, (_, by) =>
          trial.store.update(key, { set: { by }, add: { rev: 1 } }, seen),
        );
        const won = (await Promise.all(race)).filter((item) => item !== undefined);
        expect(won).toEqual([{ ...key, rev: rev + 1, by: expect.any(Number) }]);
        expect(await trial.store.get(key)).toEqual(won[0]);
      }
    });

    test('of 50 that make one item, one does; of 50 that delete it, one does', async () => {
      const key = trial.newKey();
      const puts = Array.from({ length: 50 }, (_, by) => trial.store.put({ ...key, by }, { kind: 'absent' }));
      const made = (await Promise.all(puts)).map((won, by) => ({ won, by })).filter(({ won }) => won);
      expect(made).toHaveLength(1);
      expect(await trial.store.get(key)).toEqual({ ...key, by: made[0]?.by });
      const deletes = Array.from({ length: 50 }, () => trial.store.delete(key, { kind: 'exists' }));
      expect((await Promise.all(deletes)).filter(Boolean)).toHaveLength(1);
    });

    test('50 numbers drawn by add are all different', async () => {
      const key = trial.newKey();
      const drawn = await Promise.all(Array.from({ length: 50 }, () => trial.store.update(key, { add: { head: 1 } })));
      const numbers = drawn.map((item) => item?.['head']).sort((a, b) => Number(a) - Number(b));
      expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    });
  });
}
