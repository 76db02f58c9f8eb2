import { describe, expect, test, vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import type { StoreTrial } from './store-trial.ts';

/** What the stream tells of writes. */
export function describeStream(trial: StoreTrial): void {
  describe('stream', () => {
    test('tells each change once, and none where nothing changed', async () => {
      const key = trial.newKey();
      await trial.store.put({ ...key, n: 1 });
      await trial.store.put({ ...key, n: 1 });
      await trial.store.put({ ...key, n: 2 }, { kind: 'absent' });
      await trial.store.update(key, { set: { n: 2 } });
      await trial.store.update(key, { set: { n: 2 }, remove: ['never'] });
      await trial.store.delete(key);
      await trial.store.delete(key);
      await trial.store.update(key, {});
      const wanted = [
        { kind: 'INSERT', key, item: { ...key, n: 1 }, sequence: expect.any(String) },
        { kind: 'MODIFY', key, item: { ...key, n: 2 }, sequence: expect.any(String) },
        { kind: 'REMOVE', key, sequence: expect.any(String) },
        { kind: 'INSERT', key, item: key, sequence: expect.any(String) },
      ];
      await vi.waitFor(async () => expect(await trial.changesOf(key.pk)).toEqual(wanted), PATIENCE);
      expect(new Set((await trial.changesOf(key.pk)).map(({ sequence }) => sequence)).size).toBe(wanted.length);
    });

    test('keeps the order of each item under concurrent writes and loses nothing', async () => {
      const pk = trial.newPartition();
      const count = (sk: string) => trial.store.update({ pk, sk }, { add: { n: 1 } });
      await Promise.all(Array.from({ length: 200 }, (_, index) => count(`item${index % 5}`)));
      await vi.waitFor(async () => expect(await trial.changesOf(pk)).toHaveLength(200), PATIENCE);
      for (let index = 0; index < 5; index += 1) {
        const told = (await trial.changesOf(pk)).filter(({ key }) => key.sk === `item${index}`);
        expect(told.map(({ item }) => item?.['n'])).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
        expect(told.map(({ kind }) => kind)).toEqual(['INSERT', ...Array.from({ length: 39 }, () => 'MODIFY')]);
      }
    });
  });
}

/** What time to live deletes, and that the stream tells it. */
export function describeTimeToLive(trial: StoreTrial): void {
  test('time to live deletes what is due and tells it', async () => {
    const pk = trial.newPartition();
    const seconds = Math.floor(Date.now() / 1000);
    const due = { pk, sk: 'due', ttl: seconds - 10 };
    const postponed = { pk, sk: 'postponed', ttl: seconds - 10 };
    const kept = [
      { pk, sk: 'later', ttl: seconds + 3600 },
      { pk, sk: 'never' },
      { pk, sk: 'six years ago', ttl: seconds - 6 * 366 * 24 * 3600 },
      { pk, sk: 'text', ttl: String(seconds - 10) },
    ];
    await Promise.all([...kept, postponed].map((item) => trial.store.put(item)));
    await trial.store.update(postponed, { set: { ttl: seconds + 3600 } });
    await trial.store.put(due);
    await trial.expire();
    await vi.waitFor(async () => expect(await trial.store.get(due)).toBeUndefined(), { timeout: 30_000 });
    expect((await trial.readAll(pk)).map(({ sk }) => sk)).toEqual([
      'later',
      'never',
      'postponed',
      'six years ago',
      'text',
    ]);
    await vi.waitFor(async () => {
      expect((await trial.changesOf(pk)).at(-1)).toEqual({
        kind: 'REMOVE',
        key: { pk, sk: 'due' },
        sequence: expect.any(String),
      });
    }, PATIENCE);
  });
}
