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
import type { ContentHash } from '../../lib/model/ids.ts';
import { type PathId, resolvePathId } from '../../lib/model/path-id.ts';
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

describe('dependency layers', () => {
  const size = 12;
  const graphs = fc
    .array(fc.tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 })), { maxLength: 25 })
    .map((edges) => {
      const graph = new Map<PathId, Set<PathId>>(
        Array.from({ length: size }, (_, index) => [resolvePathId(`/a${index}`), new Set<PathId>()]),
      );
      for (const [from, to] of edges) graph.get(resolvePathId(`/a${from}`))?.add(resolvePathId(`/a${to}`));
      return graph;
    });

  it('put everything above all it depends on, by no more than needed, or name a way around', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { layers, cycle } = dependencyLayers(graph);
        if (cycle !== undefined) {
          expect(cycle.length).toBeGreaterThan(1);
          expect(cycle.at(0)).toBe(cycle.at(-1));
          for (const [index, from] of cycle.slice(0, -1).entries()) {
            expect(graph.get(from)).toContain(cycle[index + 1]);
          }
          expect(layers.size).toBe(0);
          return;
        }
        for (const [from, targets] of graph) {
          const below = [...targets].map((target) => layers.get(target) ?? Number.NaN);
          expect(layers.get(from)).toBe(1 + Math.max(0, ...below));
        }
      }),
    );
  });
});

describe('service ports', () => {
  it('are distinct where they were asked for as 0, free, and the same when asked again', () => {
    const port = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(0), port), { maxLength: 8 }),
        fc.uniqueArray(port, { maxLength: 8 }),
        fc.uniqueArray(port, { maxLength: 8 }),
        (requested, previous, others) => {
          const used = new Set(others.filter((other) => !previous.includes(other)));
          const range = { begin: 10, end: 30 };
          const given = assignServicePorts(requested, previous, used, range);
          fc.pre(given !== undefined);
          const chosen = given?.filter((_, index) => requested[index] === 0) ?? [];
          expect(given?.map((one, index) => (requested[index] === 0 ? 0 : one))).toEqual(requested);
          expect(new Set(chosen).size).toBe(chosen.length);
          expect(chosen.filter((one) => used.has(one) || requested.includes(one))).toEqual([]);
          expect(assignServicePorts(requested, given ?? [], used, range)).toEqual(given);
        },
      ),
    );
  });
});
