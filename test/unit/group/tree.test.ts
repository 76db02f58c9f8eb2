import { describe, expect, it } from 'vitest';
import {
  childrenOf,
  EMPTY_TREE,
  stepTowards,
  type TreeEntry,
  type TreeNodes,
  treeEntries,
  updateTree,
} from '../../../lib/group/tree.ts';
import type { ContentHash } from '../../../lib/model/ids.ts';
import { type PathId, resolvePathId } from '../../../lib/model/path-id.ts';
import { aGroupEntry, anAppEntry } from './entries.ts';

const changesOf = (entries: readonly TreeEntry[]) => new Map(entries.map((entry) => [entry.id, entry]));
const appsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => anAppEntry(`/group-${index % 100}/app-${index}`));
const build = (entries: readonly TreeEntry[]) => updateTree(EMPTY_TREE, new Map(), changesOf(entries));
const bytesOf = (node: unknown): number => Buffer.byteLength(JSON.stringify(node));

function reachable(root: ContentHash, nodes: TreeNodes): ReadonlySet<ContentHash> {
  const node = nodes.get(root);
  return node === undefined
    ? new Set()
    : new Set([root, ...childrenOf(node).flatMap((hash) => [...reachable(hash, nodes)])]);
}

describe('the group tree', () => {
  it('is one leaf while it is small, in the order of ids', () => {
    const [b, a, group] = [anAppEntry('/b'), anAppEntry('/a'), aGroupEntry('/g')];
    const { root, written } = build([b, group, a]);
    expect([...written]).toEqual([[root, { kind: 'leaf', entries: [a, b, group] }]]);
  });

  it('is empty again when the last entry goes, with nothing to write', () => {
    const { root, written } = build([anAppEntry('/a')]);
    expect(updateTree(root, written, new Map([[resolvePathId('/a'), null]]))).toEqual({
      root: EMPTY_TREE,
      written: new Map(),
    });
  });

  it('does not change when what is not there is removed', () => {
    const { root, written } = build(appsOf(1_000));
    expect(updateTree(root, written, new Map([[resolvePathId('/nowhere'), null]])).root).toBe(root);
  });

  it('holds ten thousand apps in nodes of at most 64 KB, and one more app costs one path', () => {
    const apps = appsOf(10_000);
    const { root, written } = build(apps);
    expect(treeEntries(root, written)).toEqual(changesOf(apps));
    expect(Math.max(...[...written.values()].map(bytesOf))).toBeLessThanOrEqual(64 * 1024);

    const one = anAppEntry('/one-more');
    const next = updateTree(root, written, changesOf([one]));
    const all = new Map([...written, ...next.written]);
    expect(next.written.size).toBeLessThanOrEqual(3);
    expect([...next.written.keys()].filter((hash) => !reachable(next.root, all).has(hash))).toEqual([]);
    expect(next.root).toBe(build([...apps, one]).root);
    expect(treeEntries(root, all)).toEqual(changesOf(apps));
  });

  it('writes only what the new root reaches when it shrinks to a leaf', () => {
    const apps = appsOf(1_000);
    const { root, written } = build(apps);
    const small = updateTree(root, written, new Map(apps.slice(5).map(({ id }) => [id, null])));
    expect([...small.written.keys()]).toEqual([small.root]);
    expect(small.root).toBe(build(apps.slice(0, 5)).root);
  });

  it('has the shape of its entries when only one large entry is left', () => {
    const large = anAppEntry(
      '/large',
      Array.from({ length: 4_000 }, (_, index) => `/dependency-${index}`),
    );
    const small = anAppEntry('/small');
    const both = build([large, small]);
    const left = updateTree(both.root, both.written, new Map([[small.id, null]]));
    expect(left.root).toBe(build([large]).root);
    expect(treeEntries(left.root, new Map([...both.written, ...left.written]))).toEqual(changesOf([large]));
  });

  it('leads to each of its entries, and to none for an id that is not there', () => {
    const apps = appsOf(2_000);
    const { root, written } = build(apps);
    const find = (id: PathId): TreeEntry | undefined => {
      let next: ReturnType<typeof stepTowards> = root;
      for (let depth = 0; typeof next === 'string'; depth += 1) {
        const node = written.get(next);
        next = node === undefined ? undefined : stepTowards(id, node, depth);
      }
      return next;
    };
    for (const app of apps) expect(find(app.id)).toEqual(app);
    expect(find(resolvePathId('/nowhere'))).toBeUndefined();
  });

  it('refuses to be read while a node is missing', () => {
    const { root } = build([anAppEntry('/a')]);
    expect(() => treeEntries(root, new Map())).toThrow(`tree node ${root} is not loaded`);
    expect(() => updateTree(root, new Map(), changesOf([anAppEntry('/b')]))).toThrow(`tree node ${root} is not loaded`);
  });
});
