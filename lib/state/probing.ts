import { type Item, queryAll, type Store, type WriteCondition } from '../gateways/store.ts';
import type { PathId } from '../model/path-id.ts';
import type { Instant } from '../model/timestamp.ts';
import type { StateKeys } from './keys.ts';

/** A run spec with tasks that the prober asks. `digest` changes whenever others are to be asked. */
export interface ProbeMark {
  readonly runSpec: PathId;
  readonly digest: string;
}

/** Who asks for one shard of the tasks. */
export interface ProberLease {
  readonly shard: number;
  readonly owner: string;
  readonly until: Instant;
  /** Probes that were due up to here are the former prober's. */
  readonly from: Instant;
  /** The holder ends soon: another may ask to go on. */
  readonly ending: boolean;
  /** Who goes on when the holder lets go. */
  readonly successor: string;
}

const textOf = (item: Item, name: string): string => {
  const value = item[name];
  return typeof value === 'string' ? value : '';
};
const numberOf = (item: Item, name: string): number => {
  const value = item[name];
  return typeof value === 'number' ? value : 0;
};

const toLease = (item: Item): ProberLease => ({
  shard: numberOf(item, 'shard'),
  owner: textOf(item, 'owner'),
  until: numberOf(item, 'until'),
  from: numberOf(item, 'from'),
  ending: item['ending'] === true,
  successor: textOf(item, 'successor'),
});

const isLease = (item: Item): boolean => typeof item['shard'] === 'number';
const ownedBy = (owner: string): WriteCondition => ({ kind: 'equals', attribute: 'owner', value: owner });

/** What is to be probed, and by whom: one small partition, which tick and probers read whole. */
export function createProbing(store: Store, keys: StateKeys) {
  return {
    async list(): Promise<{ readonly marks: readonly ProbeMark[]; readonly leases: readonly ProberLease[] }> {
      const marks: ProbeMark[] = [];
      const leases: ProberLease[] = [];
      for (const item of await queryAll(store, keys.probing)) {
        if (isLease(item)) leases.push(toLease(item));
        else marks.push({ runSpec: item.sk as PathId, digest: textOf(item, 'digest') });
      }
      return { marks, leases };
    },
    async putMark({ runSpec, digest }: ProbeMark): Promise<void> {
      await store.put({ ...keys.probeMark(runSpec), digest });
    },
    /** Nobody is left to ask; unless the mark has changed since it was read. */
    removeMark: ({ runSpec, digest }: ProbeMark): Promise<boolean> =>
      store.delete(keys.probeMark(runSpec), { kind: 'equals', attribute: 'digest', value: digest }),

    async getLease(shard: number): Promise<ProberLease | undefined> {
      const item = await store.get(keys.proberLease(shard));
      return item === undefined ? undefined : toLease(item);
    },
    /** Takes the lease of a shard when nobody holds it or its time is over; undefined when it is held. */
    async acquire(shard: number, owner: string, now: Instant, until: Instant): Promise<ProberLease | undefined> {
      const free: WriteCondition = {
        kind: 'any',
        of: [
          { kind: 'missing', attribute: 'owner' },
          { kind: 'atMost', attribute: 'until', value: now },
        ],
      };
      const changes = { set: { shard, owner, until }, remove: ['ending', 'successor'] };
      const item = await store.update(keys.proberLease(shard), changes, free);
      return item === undefined ? undefined : toLease(item);
    },
    /** Asks to go on after a holder that ends soon. False: none does, or another has asked. */
    async succeed(shard: number, successor: string): Promise<boolean> {
      const open: WriteCondition = {
        kind: 'all',
        of: [
          { kind: 'equals', attribute: 'ending', value: true },
          { kind: 'missing', attribute: 'successor' },
        ],
      };
      return (await store.update(keys.proberLease(shard), { set: { successor } }, open)) !== undefined;
    },
    /** Undefined when the lease was lost: the holder must stop. `ending`: somebody else is to go on soon. */
    async renew(shard: number, owner: string, until: Instant, ending: boolean): Promise<ProberLease | undefined> {
      const set = { until, ...(ending && { ending }) };
      const item = await store.update(keys.proberLease(shard), { set }, ownedBy(owner));
      return item === undefined ? undefined : toLease(item);
    },
    /** Lets go. Probes that were due up to `from` are still the holder's. */
    async release(shard: number, owner: string, from: Instant): Promise<void> {
      const remove = ['owner', 'until', 'ending', 'successor'];
      await store.update(keys.proberLease(shard), { set: { from }, remove }, ownedBy(owner));
    },
  };
}
