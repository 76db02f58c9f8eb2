import { describe, expect, test } from 'vitest';
import type { StoreTrial } from './store-trial.ts';

/** Order, ranges and pages of queries; reads of many keys. */
export function describeReads(trial: StoreTrial): void {
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
      const pk = `${trial.newPartition()}/€#~ \u{1f600}`;
      await Promise.all(sortKeys.toReversed().map((sk) => trial.store.put({ pk, sk })));
      expect((await trial.readAll(pk)).map(({ sk }) => sk)).toEqual(sortKeys);
      for (const sk of sortKeys) expect(await trial.store.get({ pk, sk })).toEqual({ pk, sk });
    });

    test('prefix, after and limit in every combination', async () => {
      const pk = trial.newPartition();
      await Promise.all(sortKeys.map((sk) => trial.store.put({ pk, sk })));
      for (const prefix of ['', '#', '#1', '/a', 'a', 'none', '\u{1f600}']) {
        for (const after of [undefined, '', '#1', '#5', '/a', '~~~', '\u{1f600}']) {
          const wanted = sortKeys.filter((sk) => sk.startsWith(prefix) && isBehind(sk, after ?? ''));
          const range = { prefix, ...(after === undefined ? {} : { after }) };
          expect((await trial.readAll(pk, range)).map(({ sk }) => sk)).toEqual(wanted);
          const page = await trial.store.query(pk, { ...range, limit: 2, consistent: false });
          expect(page.items.map(({ sk }) => sk)).toEqual(wanted.slice(0, 2));
          if (wanted.length > 2) expect(page.next).toBe(wanted[1]);
          expect((await trial.readAll(pk, { ...range, limit: 2 })).map(({ sk }) => sk)).toEqual(wanted);
        }
      }
    });

    test('a partition above 1 MB comes in pages', async () => {
      const pk = trial.newPartition();
      const items = Array.from({ length: 30 }, (_, index) => ({
        pk,
        sk: `item#${10 + index}`,
        text: 'x'.repeat(60_000),
      }));
      await Promise.all(items.map((item) => trial.store.put(item)));
      const first = await trial.store.query(pk, { prefix: 'item#' });
      expect(first.items.length).toBeGreaterThan(10);
      expect(first.items.length).toBeLessThan(20);
      expect(first.next).toBe(first.items.at(-1)?.sk);
      expect(await trial.readAll(pk, { prefix: 'item#' })).toEqual(items);
    });

    test('an unknown partition is an empty page', async () => {
      expect(await trial.store.query(trial.newPartition())).toEqual({ items: [] });
    });
  });

  test('getMany takes any number of keys, repeated and missing ones too', async () => {
    const pk = trial.newPartition();
    const items = Array.from({ length: 230 }, (_, index) => ({
      pk,
      sk: `${1000 + index}`,
      text: 'x'.repeat(20_000),
    }));
    await Promise.all(items.map((item) => trial.store.put(item)));
    const missing = Array.from({ length: 70 }, (_, index) => ({ pk, sk: `none${index}` }));
    const found = await trial.store.getMany([...missing, ...items, ...items.slice(0, 40)]);
    expect(found.toSorted((a, b) => (a.sk < b.sk ? -1 : 1))).toEqual(items);
    expect(await trial.store.getMany([])).toEqual([]);
  });
}

function isBehind(sk: string, after: string): boolean {
  return Buffer.compare(Buffer.from(sk), Buffer.from(after)) > 0;
}
