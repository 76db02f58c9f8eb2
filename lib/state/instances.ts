import { queryAll, type Store } from '../gateways/store.ts';
import type { InstanceId, LaunchId, TaskArn } from '../model/ids.ts';
import type { Instance } from '../model/instance.ts';
import type { LaunchQueueEntry } from '../model/launch-queue.ts';
import type { MarathonEvent, Outbox } from '../model/outbox.ts';
import type { PathId } from '../model/path-id.ts';
import type { Instant } from '../model/timestamp.ts';
import { createItemMemory } from './item-memory.ts';
import { decodeItem, encodeItem, unchangedSince, type Versioned } from './items.ts';
import type { StateKeys } from './keys.ts';
import { replaceEncoded, replaceItem } from './replace-item.ts';

/** Launch items outlive their task by a day, so that late and repeated events still find their instance. */
const RETIRED_LAUNCH_SECONDS = 24 * 3600;
/** Decoded instances that one process keeps: about 2 KB each. */
const REMEMBERED = 20_000;

export interface InstanceKey {
  readonly runSpec: PathId;
  readonly id: InstanceId;
}

/** Where a launch leads to. */
export interface KnownLaunch extends InstanceKey {
  /** Its task has ended, which was told. */
  readonly ended: boolean;
  /** Of a task whose instance is gone and whose end was not known then. */
  readonly arn?: TaskArn;
}

/** The tick's own writes announce their events but wake nobody (design §3). */
export const quietly = (events: readonly MarathonEvent[]): Outbox => ({ events, dirty: [], wake: false });

/** Instances, the launches that lead to them, and each run spec's place in the launch queue. */
export function createInstances(store: Store, keys: StateKeys) {
  const memory = createItemMemory<Instance>('instance', REMEMBERED);

  return {
    /** What an item of the table says. Throws `UndecodableItem`. */
    decode: memory.decode,
    async list(runSpec: PathId): Promise<readonly Versioned<Instance>[]> {
      return (await queryAll(store, keys.instances(runSpec))).map(memory.decode);
    },
    async get({ runSpec, id }: InstanceKey): Promise<Versioned<Instance> | undefined> {
      const item = await store.get(keys.instance(runSpec, id));
      return item === undefined ? undefined : memory.decode(item);
    },
    /** Puts an instance that is still at `rev` (0: new). */
    async replace(instance: Instance, rev: number, outbox: Outbox): Promise<boolean> {
      const item = encodeItem(keys.instance(instance.runSpec, instance.id), 'instance', instance, rev + 1);
      memory.note(item, instance);
      return replaceEncoded(store, item, rev, outbox);
    },
    async remove({ runSpec, id }: InstanceKey, rev: number): Promise<boolean> {
      const key = keys.instance(runSpec, id);
      const removed = await store.delete(key, unchangedSince(rev));
      if (removed) memory.forget(key.sk);
      return removed;
    },

    /** Written before the claim: whoever meets the launch id can find the instance. */
    putLaunch: (launch: LaunchId, key: InstanceKey): Promise<boolean> =>
      store.put(encodeItem(keys.launch(launch), 'launch', key, 1)),
    /**
     * The launch is over: its item may go in a day. `ended`: the end of its task is known, and was told; else `arn` is
     * the task that may run on.
     */
    async retireLaunch(launch: LaunchId, now: Instant, ended: boolean, arn?: TaskArn): Promise<void> {
      const ttl = Math.floor(now / 1000) + RETIRED_LAUNCH_SECONDS;
      const set = arn === undefined ? { ttl, ended } : { ttl, ended, arn };
      await store.update(keys.launch(launch), { set }, { kind: 'exists' });
    },
    async findLaunch(launch: LaunchId): Promise<KnownLaunch | undefined> {
      const item = await store.get(keys.launch(launch));
      if (item === undefined) return undefined;
      const { arn } = item;
      const known = { ...decodeItem<InstanceKey>(item, 'launch').value, ended: item['ended'] === true };
      return typeof arn === 'string' ? { ...known, arn: arn as TaskArn } : known;
    },
    async getQueueEntry(runSpec: PathId): Promise<Versioned<LaunchQueueEntry> | undefined> {
      const item = await store.get(keys.queueEntry(runSpec));
      return item === undefined ? undefined : decodeItem<LaunchQueueEntry>(item, 'queue');
    },
    /** What the tick decided for a run spec commits here, before any instance is touched (ADR 5). */
    putQueueEntry: (entry: LaunchQueueEntry, rev: number, outbox?: Outbox): Promise<boolean> =>
      replaceItem(store, keys.queueEntry(entry.runSpec), 'queue', entry, rev, outbox),
    removeQueueEntry: (runSpec: PathId, rev: number): Promise<boolean> =>
      store.delete(keys.queueEntry(runSpec), unchangedSince(rev)),
    /** The run specs that have an entry, readable or not. */
    async listQueue(): Promise<readonly PathId[]> {
      return (await queryAll(store, keys.queue)).map(({ sk }) => sk as PathId);
    },
  };
}
