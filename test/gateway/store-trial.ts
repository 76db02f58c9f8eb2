import {
  type ChangeRecord,
  type Item,
  type Key,
  type QueryRange,
  queryAll,
  type Store,
} from '../../lib/gateways/store.ts';

/** An implementation of `Store` on trial, with what the interface leaves to the table. */
export interface StoreOnTrial {
  readonly store: Store;
  /** Every change so far, in the order in which the stream tells them. */
  changes(): Promise<readonly ChangeRecord[]>;
  /** Has time to live (attribute `ttl`) delete what is due, now or within seconds. */
  expire(): Promise<void>;
  close(): Promise<void>;
}

/** What the tests of the suite share: one store, and a partition of its own for each of them. */
export interface StoreTrial {
  readonly store: Store;
  newPartition(): string;
  newKey(): Key;
  readAll(pk: string, range?: QueryRange): Promise<readonly Item[]>;
  changesOf(pk: string): Promise<readonly ChangeRecord[]>;
  expire(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** A trial whose store is opened by `open`, before the first test and not while tests are collected. */
export function createTrial(open: () => Promise<StoreOnTrial>): StoreTrial {
  let opened: StoreOnTrial | undefined;
  let partitions = 0;

  function current(): StoreOnTrial {
    if (opened === undefined) throw new Error('the store on trial is not open');
    return opened;
  }

  function newPartition(): string {
    partitions += 1;
    return `test#${partitions}`;
  }

  return {
    get store() {
      return current().store;
    },
    newPartition,
    newKey: () => ({ pk: newPartition(), sk: 's' }),
    readAll: (pk, range) => queryAll(current().store, pk, range),
    changesOf: async (pk) => (await current().changes()).filter(({ key }) => key.pk === pk),
    expire: () => current().expire(),
    open: async () => {
      opened = await open();
    },
    close: () => current().close(),
  };
}
