import { describe, expect, it } from 'vitest';
import {
  EMPTY_TREE,
  missingNodes,
  type TreeEntry,
  type TreeNodes,
  treeEntries,
  updateTree,
} from '../../../lib/group/tree.ts';
import type { ContentHash } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { aGroupEntry, anAppEntry } from './entries.ts';

const changesOf = (entries: readonly TreeEntry[]) => new Map(entries.map((entry) => [entry.id, entry]));
const appsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => anAppEntry(`/group-${index % 100}/app-${index}`));
const build = (entries: readonly TreeEntry[]) => updateTree(EMPTY_TREE, new Map(), changesOf(entries));
const bytesOf = (node: unknown): number => Buffer.byteLength(JSON.stringify(node));

function reachable(root: ContentHash, nodes: TreeNodes): ReadonlySet<ContentHash> {
  const node = nodes.get(root);
  if (node === undefined) return new Set();
  const below =
    node.kind === 'leaf'
      ? []
      : node.children.flatMap((child) => (child === null ? [] : [...reachable(child.hash, nodes)]));
  return new Set([root, ...below]);
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

  it('says level by level which nodes are missing', () => {
    const apps = appsOf(2_000);
    const { root, written } = build(apps);
    let nodes: TreeNodes = new Map();
    const rounds: number[] = [];
    for (let missing = missingNodes(root, nodes); missing.length > 0; missing = missingNodes(root, nodes)) {
      rounds.push(missing.length);
      nodes = new Map([...nodes, ...[...written].filter(([hash]) => missing.includes(hash))]);
    }
    expect(rounds[0]).toBe(1);
    expect(rounds.reduce((sum, count) => sum + count, 0)).toBe(reachable(root, written).size);
    expect(treeEntries(root, nodes)).toEqual(changesOf(apps));
  });

  it('has nothing missing when it is empty', () => {
    expect(missingNodes(EMPTY_TREE, new Map())).toEqual([]);
    expect(treeEntries(EMPTY_TREE, new Map())).toEqual(new Map());
  });

  it('refuses to be read while a node is missing', () => {
    const { root } = build([anAppEntry('/a')]);
    expect(() => treeEntries(root, new Map())).toThrow(`tree node ${root} is not loaded`);
    expect(() => updateTree(root, new Map(), changesOf([anAppEntry('/b')]))).toThrow(`tree node ${root} is not loaded`);
  });
});
