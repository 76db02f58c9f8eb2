import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore, type MemoryStore } from '../../../lib/gateways/memory-store.ts';
import type { LaunchId, TaskArn } from '../../../lib/model/ids.ts';
import type { Outbox } from '../../../lib/model/outbox.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { newQueueEntry } from '../../../lib/queue/launch-queue-entry.ts';
import { UndecodableItem } from '../../../lib/state/items.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { readOutbox } from '../../../lib/state/outbox.ts';
import { createState, type State } from '../../../lib/state/state.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

const OUTBOX: Outbox = { events: [], dirty: [resolvePathId('/app')], wake: true };
const KEYS = stateKeys('stride');
let store: MemoryStore;
let instances: State['instances'];
beforeEach(() => {
  store = createMemoryStore();
  instances = createState(store, 'stride').instances;
});

describe('instances', () => {
  const one = anInstance();
  const key = { runSpec: one.runSpec, id: one.id };

  it('are listed by run spec with their revisions', async () => {
    const other = anInstance({ runSpec: resolvePathId('/app/below') });
    await instances.replace(one, 0, OUTBOX);
    await instances.replace({ ...one, goal: 'Stopped' }, 1, OUTBOX);
    await instances.replace(other, 0, OUTBOX);
    expect(await instances.list(one.runSpec)).toEqual([{ value: { ...one, goal: 'Stopped' }, rev: 2 }]);
    expect(await instances.get(key)).toEqual({ value: { ...one, goal: 'Stopped' }, rev: 2 });
    expect(await instances.list(resolvePathId('/nowhere'))).toEqual([]);
    expect(await instances.get({ ...key, runSpec: resolvePathId('/nowhere') })).toBeUndefined();
  });

  it('are written by one of all who saw the same, with what it announces', async () => {
    const made = [1, 2].map(() => instances.replace(one, 0, OUTBOX));
    expect(await Promise.all(made)).toEqual([true, false]);
    const moved = [3, 4].map((incarnation) => instances.replace({ ...one, incarnation }, 1, OUTBOX));
    expect(await Promise.all(moved)).toEqual([true, false]);
    expect((await instances.get(key))?.value.incarnation).toBe(3);
    const item = await store.get(KEYS.instance(one.runSpec, one.id));
    expect(item === undefined ? undefined : await readOutbox(store, item)).toEqual(OUTBOX);
  });

  it('written with nothing to announce leave the stream nothing to carry, of this write or the one before', async () => {
    await instances.replace(one, 0, OUTBOX);
    await instances.replace({ ...one, killSentAt: EPOCH }, 1, { events: [], dirty: [], wake: false });
    expect(await store.get(KEYS.instance(one.runSpec, one.id))).toEqual(
      expect.not.objectContaining({ outbox: expect.anything() }),
    );
  });

  it('are removed only as they were read', async () => {
    await instances.replace(one, 0, OUTBOX);
    expect(await instances.remove(one, 2)).toBe(false);
    expect(await instances.remove(one, 1)).toBe(true);
    expect(await instances.get(key)).toBeUndefined();
  });

  it('that cannot be decoded are refused by name', async () => {
    await store.put({ ...KEYS.instance(one.runSpec, one.id), junk: true });
    await expect(instances.list(one.runSpec)).rejects.toThrow(UndecodableItem);
    await expect(instances.get(key)).rejects.toThrow(UndecodableItem);
  });
});

describe('launches', () => {
  const launch = 'l' as LaunchId;
  const key = { runSpec: resolvePathId('/app'), id: anInstance().id };

  it('lead to their instance, and go a day after they ended', async () => {
    expect(await instances.findLaunch(launch)).toBeUndefined();
    await instances.putLaunch(launch, key);
    expect(await instances.findLaunch(launch)).toEqual({ ...key, ended: false });
    await instances.retireLaunch(launch, EPOCH, true);
    expect(await instances.findLaunch(launch)).toEqual({ ...key, ended: true });
    expect(store.expire(EPOCH + 24 * 3_600_000)).toBe(1);
    expect(await instances.findLaunch(launch)).toBeUndefined();
  });

  it('name the task that may run on, until its end is known', async () => {
    await instances.putLaunch(launch, key);
    await instances.retireLaunch(launch, EPOCH, false, 'arn:a' as TaskArn);
    expect(await instances.findLaunch(launch)).toEqual({ ...key, ended: false, arn: 'arn:a' });
    await instances.retireLaunch(launch, EPOCH, true);
    expect(await instances.findLaunch(launch)).toEqual({ ...key, ended: true, arn: 'arn:a' });
  });

  it('are not made by being retired', async () => {
    await instances.retireLaunch(launch, EPOCH, false);
    expect(await instances.findLaunch(launch)).toBeUndefined();
  });
});

describe('the queue', () => {
  const entry = newQueueEntry(anApp());

  it('has one entry for each run spec, replaced and removed by revision', async () => {
    expect(await instances.getQueueEntry(entry.runSpec)).toBeUndefined();
    const decisions = [1, 2].map(() => instances.putQueueEntry(entry, 0));
    expect(await Promise.all(decisions)).toEqual([true, false]);
    expect(await instances.getQueueEntry(entry.runSpec)).toEqual({ value: entry, rev: 1 });
    expect(await instances.removeQueueEntry(entry.runSpec, 2)).toBe(false);
    expect(await instances.removeQueueEntry(entry.runSpec, 1)).toBe(true);
    expect(await instances.getQueueEntry(entry.runSpec)).toBeUndefined();
  });

  it('lists entries that cannot be decoded too', async () => {
    const poisoned = resolvePathId('/poisoned');
    await instances.putQueueEntry(entry, 0);
    await store.put({ ...KEYS.queueEntry(poisoned), junk: true });
    expect(await instances.listQueue()).toEqual([entry.runSpec, poisoned]);
  });
});
