import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore, type MemoryStore } from '../../../lib/gateways/memory-store.ts';
import type { Key, Store } from '../../../lib/gateways/store.ts';
import { EMPTY_TREE, type TreeEntry, updateTree } from '../../../lib/group/tree.ts';
import { contentHash } from '../../../lib/model/content-hash.ts';
import type { Outbox } from '../../../lib/model/outbox.ts';
import { ROOT_ID, resolvePathId } from '../../../lib/model/path-id.ts';
import type { Root } from '../../../lib/model/root.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { UndecodableItem } from '../../../lib/state/items.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { createState } from '../../../lib/state/state.ts';
import { aDeploymentPlan } from '../../fixtures/a-deployment-plan.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anAppEntry } from '../group/entries.ts';

const KEYS = stateKeys('stride');
const SILENT: Outbox = { events: [], dirty: [], wake: false };
const rootOf = (seq: number): Root => ({
  seq,
  version: toTimestamp(EPOCH + seq),
  tree: EMPTY_TREE,
  running: {},
  recent: [],
});

/** A store that writes down the keys it is asked for. */
function watched(store: Store) {
  const read: Key[] = [];
  const reading: Store = {
    ...store,
    get: (key) => {
      read.push(key);
      return store.get(key);
    },
    getMany: (keys) => {
      read.push(...keys);
      return store.getMany(keys);
    },
  };
  return { store: reading, read };
}

let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
});
const definitions = (on: Store = store) => createState(on, 'stride').definitions;

describe('the root', () => {
  it('is empty before the first commit', async () => {
    expect(await definitions().readRoot()).toEqual({
      value: { seq: 0, version: '1970-01-01T00:00:00.000Z', tree: EMPTY_TREE, running: {}, recent: [] },
      rev: 0,
    });
  });

  it('is swapped by one of all who saw the same', async () => {
    const writers = [1, 2, 3].map((seq) => definitions().swapRoot(rootOf(seq), 0, SILENT));
    expect(await Promise.all(writers)).toEqual([true, false, false]);
    expect(await definitions().readRoot()).toEqual({ value: rootOf(1), rev: 1 });
    const next = [4, 5].map((seq) => definitions().swapRoot(rootOf(seq), 1, SILENT));
    expect(await Promise.all(next)).toEqual([true, false]);
    expect(await definitions().readRoot()).toEqual({ value: rootOf(4), rev: 2 });
  });
});

describe('the tree', () => {
  const entries: readonly TreeEntry[] = Array.from({ length: 2_000 }, (_, index) =>
    anAppEntry(`/g${index % 50}/a${index}`),
  );
  const changes = (all: readonly TreeEntry[]) => new Map(all.map((entry) => [entry.id, entry]));
  const built = updateTree(EMPTY_TREE, new Map(), changes(entries));
  const put = async (nodes: typeof built.written): Promise<void> => {
    for (const [hash, node] of nodes) await definitions().putNode(hash, node);
  };

  it('is read level by level once, then only what is new', async () => {
    await put(built.written);
    const { store: watching, read } = watched(store);
    const warm = definitions(watching);
    const loaded = await warm.loadTree(built.root);
    expect(new Map(loaded.entries)).toEqual(changes(entries));
    expect(read).toHaveLength(built.written.size);

    const next = updateTree(built.root, loaded.nodes, changes([anAppEntry('/one-more')]));
    await put(next.written);
    read.length = 0;
    const again = await warm.loadTree(next.root);
    expect(again.entries.size).toBe(2_001);
    expect(read).toHaveLength(next.written.size);

    read.length = 0;
    await warm.loadTree(next.root);
    expect(read).toEqual([]);
  });

  it('goes back to an older root', async () => {
    await put(built.written);
    const warm = definitions();
    const next = updateTree(built.root, (await warm.loadTree(built.root)).nodes, changes([anAppEntry('/one-more')]));
    await put(next.written);
    await warm.loadTree(next.root);
    expect((await warm.loadTree(built.root)).entries.size).toBe(2_000);
  });

  it('is refused when a node is gone', async () => {
    await put(new Map([...built.written].slice(1)));
    await expect(definitions().loadTree(built.root)).rejects.toThrow('1 nodes of the group tree are gone');
  });

  it('is asked for one id with the nodes on its way alone', async () => {
    await put(built.written);
    const { store: watching, read } = watched(store);
    const cold = definitions(watching);
    expect(await cold.findEntry(built.root, entries[7]?.id ?? ROOT_ID)).toEqual(entries[7]);
    expect(read.length).toBeLessThan(4);
    expect(await cold.findEntry(built.root, resolvePathId('/nowhere'))).toBeUndefined();
    expect(await cold.findEntry(EMPTY_TREE, resolvePathId('/nowhere'))).toBeUndefined();
    read.length = 0;
    await cold.loadTree(built.root);
    read.length = 0;
    for (const entry of entries)
      expect(await cold.findEntry(built.root, entry.id)).toBe((await cold.loadTree(built.root)).entries.get(entry.id));
    expect(read).toEqual([]);
  });

  it('needs no read when it is empty', async () => {
    const { store: watching, read } = watched(store);
    expect([...(await definitions(watching).loadTree(EMPTY_TREE)).entries]).toEqual([]);
    expect(read).toEqual([]);
  });
});

describe('run specs and plans', () => {
  const spec = { spec: anApp(), former: [{ version: toTimestamp(EPOCH - 1), hash: contentHash('before') }] };

  it('are found by hash, each read once', async () => {
    const hash = await definitions().putSpec(spec);
    expect(hash).toBe(contentHash(spec));
    const { store: watching, read } = watched(store);
    const cold = definitions(watching);
    const unknown = contentHash('unknown');
    expect(await cold.getSpecs([hash, hash, unknown])).toEqual(new Map([[hash, spec]]));
    expect(await cold.getSpecs([hash])).toEqual(new Map([[hash, spec]]));
    expect(read).toEqual([KEYS.spec(hash), KEYS.spec(unknown)]);
  });

  it('can be put again: nothing changes', async () => {
    await definitions().putSpec(spec);
    const hash = await definitions().putSpec(spec);
    expect(await definitions().getSpecs([hash])).toEqual(new Map([[hash, spec]]));
  });

  it('are refused by name when they cannot be decoded', async () => {
    const hash = contentHash(spec);
    await store.put({ ...KEYS.spec(hash), type: 'spec', format: 99, rev: 1, data: '{}' });
    await expect(definitions().getSpecs([hash])).rejects.toThrow(UndecodableItem);
  });

  it('plans are found by id', async () => {
    const plan = aDeploymentPlan();
    expect(await definitions().getPlan(plan.id)).toBeUndefined();
    await definitions().putPlan(plan);
    expect(await definitions().getPlan(plan.id)).toEqual(plan);
  });

  it('progress moves by revision', async () => {
    const { id } = aDeploymentPlan();
    expect(await definitions().getProgress(id)).toEqual({ value: undefined, rev: 0 });
    expect(await definitions().putProgress(id, { step: 0, began: [EPOCH] }, 0, SILENT)).toBe(true);
    expect(await definitions().putProgress(id, { step: 9, began: [EPOCH] }, 0, SILENT)).toBe(false);
    expect(await definitions().getProgress(id)).toEqual({ value: { step: 0, began: [EPOCH] }, rev: 1 });
  });
});
