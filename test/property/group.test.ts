import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyLayers } from '../../lib/group/dependencies.ts';
import { assignServicePorts } from '../../lib/group/service-ports.ts';
import {
  EMPTY_TREE,
  type TreeChanges,
  type TreeEntry,
  type TreeNodes,
  treeEntries,
  updateTree,
} from '../../lib/group/tree.ts';
import { createTreeDraft } from '../../lib/group/tree-draft.ts';
import type { ContentHash } from '../../lib/model/ids.ts';
import { ancestorsOf, isWithin, type PathId, resolvePathId } from '../../lib/model/path-id.ts';
import { aGroupEntry, anAppEntry } from '../unit/group/entries.ts';

/** Few ids with entries from small to more than a leaf holds, so that leaves split and merge all the time. */
const id = fc.nat({ max: 60 }).map((number) => `/g${number % 7}/app-${number}`);
const dependencies = fc
  .constantFrom(0, 1, 50, 400, 3_000)
  .map((count) => Array.from({ length: count }, (_, index) => `/dependency/number-${index}`));
const entry = fc
  .tuple(fc.constantFrom(anAppEntry, aGroupEntry), id, dependencies)
  .map(([make, name, names]): TreeEntry => make(name, names));
const change = fc.oneof(
  { weight: 2, arbitrary: entry.map((made): readonly [PathId, TreeEntry | null] => [made.id, made]) },
  { weight: 1, arbitrary: id.map((name): readonly [PathId, TreeEntry | null] => [resolvePathId(name), null]) },
);
const changes = fc.array(change, { maxLength: 12 }).map((pairs): TreeChanges => new Map(pairs));

function allReachable(root: ContentHash, nodes: TreeNodes): ReadonlySet<ContentHash> {
  const node = nodes.get(root);
  if (node === undefined) return new Set();
  const below = node.kind === 'leaf' ? [] : node.children.filter((child) => child !== null);
  return new Set([root, ...below.flatMap(({ hash }) => [...allReachable(hash, nodes)])]);
}

describe('the group tree', () => {
  it('depends on its entries alone, and each change writes what is new and nothing else', () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 12 }), (rounds) => {
        let root = EMPTY_TREE;
        let nodes: TreeNodes = new Map();
        const expected = new Map<PathId, TreeEntry>();
        for (const round of rounds) {
          const { root: next, written } = updateTree(root, nodes, round);
          for (const [key, value] of round) {
            if (value === null) expected.delete(key);
            else expected.set(key, value);
          }
          const all = new Map([...nodes, ...written]);
          const needed = allReachable(next, all);
          expect([...written.keys()].filter((hash) => !needed.has(hash))).toEqual([]);
          root = next;
          nodes = new Map([...all].filter(([hash]) => needed.has(hash)));
          expect(treeEntries(root, nodes)).toEqual(expected);
          expect(root).toBe(updateTree(EMPTY_TREE, new Map(), expected).root);
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** Apps, pods and groups that depend on each other: a forest of few names, so that edges meet. */
const dependentEntries = fc
  .uniqueArray(
    fc.record({
      path: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
      kind: fc.constantFrom('app', 'app', 'pod'),
      dependencies: fc.array(fc.constantFrom('/', '/a', '/b', '/c', '/a/b', '/b/a', '/c/c', '/a/b/c', '/c/b/x'), {
        maxLength: 2,
      }),
      groupDependencies: fc.array(fc.constantFrom('/a', '/b', '/c/c', '/a/b'), { maxLength: 1 }),
    }),
    { maxLength: 10, selector: ({ path }) => path.join('/') },
  )
  .map((wanted) => {
    const draft = createTreeDraft(new Map());
    for (const { path, kind, dependencies, groupDependencies } of wanted) {
      const id = `/${path.join('/')}`;
      const spec = anAppEntry(id, kind === 'pod' ? [] : dependencies);
      const above = ancestorsOf(spec.id).map((ancestor) => draft.entries.get(ancestor)?.kind ?? 'group');
      const taken = draft.entries.has(spec.id) || above.some((one) => one !== 'group');
      if (taken) continue;
      draft.putSpec(kind === 'pod' ? { ...spec, kind } : spec);
      const group = ancestorsOf(spec.id)[0];
      if (group !== undefined) draft.putGroup(aGroupEntry(group, groupDependencies));
    }
    return draft.entries;
  });

/** Who waits for whom, edge by edge as Marathon draws them. */
function edgesBetween(entries: ReadonlyMap<PathId, TreeEntry>): ReadonlyMap<PathId, ReadonlySet<PathId>> {
  const apps = [...entries.values()].filter(({ kind }) => kind === 'app').map(({ id: name }) => name);
  const within = (name: PathId) => (entries.get(name)?.kind === 'pod' ? [] : apps.filter((app) => isWithin(app, name)));
  const edges = new Map<PathId, Set<PathId>>(apps.map((app) => [app, new Set()]));
  for (const { id: name, dependencies: on } of entries.values()) {
    for (const from of within(name)) for (const to of on.flatMap(within)) edges.get(from)?.add(to);
  }
  return edges;
}

describe('dependency layers', () => {
  it('put everything above all it depends on, by no more than needed, or name a way around', () => {
    let cycles = 0;
    fc.assert(
      fc.property(dependentEntries, (entries) => {
        const edges = edgesBetween(entries);
        const { layers, cycle } = dependencyLayers(entries);
        if (cycle !== undefined) {
          cycles += 1;
          expect(cycle.length).toBeGreaterThan(1);
          expect(cycle.at(0)).toBe(cycle.at(-1));
          for (const [index, from] of cycle.slice(0, -1).entries()) {
            expect(edges.get(from)).toContain(cycle[index + 1]);
          }
          expect(layers.size).toBe(0);
          return;
        }
        for (const [from, targets] of edges) {
          const below = [...targets].map((target) => layers.get(target) ?? 1);
          expect(layers.get(from) ?? 1).toBe(1 + Math.max(0, ...below));
        }
      }),
      { numRuns: 500 },
    );
    expect(cycles).toBeGreaterThan(50);
    expect(cycles).toBeLessThan(450);
  });
});

describe('service ports', () => {
  it('are distinct where they were asked for as 0, free, and the same when asked again', () => {
    const port = fc.integer({ min: 1, max: 40 });
    const request = fc.record({
      requested: fc.array(fc.oneof(fc.constant(0), port), { maxLength: 4 }),
      previous: fc.array(port, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 4 }), fc.uniqueArray(port, { maxLength: 8 }), (requests, others) => {
        // What an app had belongs to nobody else.
        const had = new Set<number>();
        const own = requests.map(({ requested, previous }) => {
          const fresh = [...new Set(previous)].filter((one) => !had.has(one));
          for (const one of fresh) had.add(one);
          return { requested, previous: fresh };
        });
        const named = new Set(own.flatMap(({ requested }) => requested));
        const used = new Set(others.filter((other) => !had.has(other)));
        const range = { begin: 10, end: 30 };
        const given = assignServicePorts(own, used, range);
        fc.pre(given !== undefined && ![...had].some((one) => named.has(one)));
        const ports = (given ?? []).flat();
        const requested = own.flatMap((one) => one.requested);
        expect(ports.map((one, index) => (requested[index] === 0 ? 0 : one))).toEqual(requested);
        const chosen = ports.filter((_, index) => requested[index] === 0);
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen.filter((one) => used.has(one) || named.has(one))).toEqual([]);
        const again = own.map((one, index) => ({ ...one, previous: given?.[index] ?? [] }));
        expect(assignServicePorts(again, used, range)).toEqual(given);
      }),
    );
  });
});
