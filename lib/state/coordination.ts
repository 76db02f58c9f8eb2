import { type Item, queryAll, type Store, type WriteCondition } from '../gateways/store.ts';
import type { PathId } from '../model/path-id.ts';
import type { Instant } from '../model/timestamp.ts';
import type { TokenBucket } from '../model/token-bucket.ts';
import type { StateKeys } from './keys.ts';

export interface DirtyMark {
  readonly runSpec: PathId;
  /** Names the marking: no two markings share one, so that one made anew is told from the one that was read. */
  readonly mark: string;
}

/** The tick's lease. `fence` rises with each holder; `wake` counts the reasons to look again. */
export interface Lease {
  readonly owner: string;
  readonly fence: number;
  readonly until: Instant;
  readonly wake: number;
  /** What the last holder left of our ECS calls; absent before the first one. */
  readonly calls?: TokenBucket;
}

const numberOf = (item: Item | undefined, name: string): number => {
  const value = item?.[name];
  return typeof value === 'number' ? value : 0;
};

function toLease(item: Item): Lease {
  const owner = item['owner'];
  return {
    owner: typeof owner === 'string' ? owner : '',
    fence: numberOf(item, 'fence'),
    until: numberOf(item, 'until'),
    wake: numberOf(item, 'wake'),
    ...(typeof item['calls'] === 'number' && { calls: { tokens: item['calls'], at: numberOf(item, 'callsAt') } }),
  };
}

const ownedBy = (owner: string): WriteCondition => ({ kind: 'equals', attribute: 'owner', value: owner });

/** How publishers and ticks find each other: dirty marks, and the lease item with its wake counter. */
export function createCoordination(store: Store, keys: StateKeys) {
  async function readLease(): Promise<Lease> {
    return toLease((await store.get(keys.lease)) ?? { ...keys.lease });
  }

  return {
    /** Tells the next tick to look at a run spec. */
    async markDirty({ runSpec, mark }: DirtyMark): Promise<void> {
      await store.put({ ...keys.dirtyMark(runSpec), mark });
    },
    async listDirty(): Promise<readonly DirtyMark[]> {
      const marks: DirtyMark[] = [];
      for (const item of await queryAll(store, keys.dirty)) {
        const { sk, mark } = item;
        marks.push({ runSpec: sk as PathId, mark: typeof mark === 'string' ? mark : '' });
      }
      return marks;
    },
    /** Clears a mark unless it was made again since it was read. */
    clearDirty: ({ runSpec, mark }: DirtyMark): Promise<boolean> =>
      store.delete(keys.dirtyMark(runSpec), { kind: 'equals', attribute: 'mark', value: mark }),

    /** Counts one more reason to look; the lease as it is then, so that the caller knows whether anyone holds it. */
    async wake(): Promise<Lease> {
      const item = await store.update(keys.lease, { add: { wake: 1 } });
      return toLease(item ?? { ...keys.lease });
    },
    readLease,
    /** Takes the lease when nobody holds it or its time is over; undefined when it is held. */
    async acquireLease(owner: string, now: Instant, until: Instant): Promise<Lease | undefined> {
      const free: WriteCondition = {
        kind: 'any',
        of: [
          { kind: 'missing', attribute: 'owner' },
          { kind: 'atMost', attribute: 'until', value: now },
        ],
      };
      const item = await store.update(keys.lease, { set: { owner, until }, add: { fence: 1 } }, free);
      return item === undefined ? undefined : toLease(item);
    },
    /** Undefined when the lease was lost: the holder must stop. */
    async renewLease(owner: string, until: Instant, calls: TokenBucket): Promise<Lease | undefined> {
      const set = { until, calls: calls.tokens, callsAt: calls.at };
      const item = await store.update(keys.lease, { set }, ownedBy(owner));
      return item === undefined ? undefined : toLease(item);
    },
    /** Lets go if nobody woke the tick since `wake` was read; false: look again first. True also when it was lost. */
    async releaseLease(owner: string, wake: number): Promise<boolean> {
      const unmoved: WriteCondition =
        wake === 0 ? { kind: 'missing', attribute: 'wake' } : { kind: 'equals', attribute: 'wake', value: wake };
      const changes = { remove: ['owner', 'until'] };
      const item = await store.update(keys.lease, changes, { kind: 'all', of: [ownedBy(owner), unmoved] });
      if (item !== undefined) return true;
      return (await readLease()).owner !== owner;
    },
    /** Takes the lease from whoever holds it, who stops at the next renewal; the next tick may take it at once. */
    async endLease(): Promise<void> {
      await store.update(keys.lease, { remove: ['owner', 'until'] }, { kind: 'exists' });
    },
    /** Lets go in any case, if it is still held by this owner: the end of a tick that failed or ran out of time. */
    async letGo(owner: string): Promise<void> {
      await store.update(keys.lease, { remove: ['owner', 'until'] }, ownedBy(owner));
    },
  };
}
