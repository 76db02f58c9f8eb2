import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { dependencyLayers, layersOfChange } from '../../lib/group/dependencies.ts';
import { assignServicePorts } from '../../lib/group/service-ports.ts';
import { EMPTY_TREE, type TreeEntry, type TreeNode, treeEntries, updateTree } from '../../lib/group/tree.ts';
import { createTreeDraft, type TreeDraft } from '../../lib/group/tree-draft.ts';
import { TreeEntries } from '../../lib/group/tree-entries.ts';
import { usedServicePorts } from '../../lib/group/used-ports.ts';
import type { ContentHash } from '../../lib/model/ids.ts';
import { isWithin, type PathId, resolvePathId } from '../../lib/model/path-id.ts';
import { aGroupEntry, anAppEntry } from '../unit/group/entries.ts';

// What a write looks at instead of the whole tree, against the whole tree as the reference.

type Changes = ReadonlyMap<PathId, TreeEntry | null>;

const RANGE = { begin: 100, end: 140 };
const port = fc.oneof(fc.integer({ min: RANGE.begin, max: RANGE.end }), fc.constantFrom(1, 31, 32, 65_535));
const name = fc.oneof(
  fc.nat({ max: 20 }).map((number) => `/g${number % 4}/app-${number}`),
  fc.constantFrom('/g0', '/g1', '/g2', '/g3', '/'),
);
/** Some are so large that the tree has branches. */
const padding = fc.constantFrom(0, 0, 2_000).map((count) => Array.from({ length: count }, (_, i) => `/far/away-${i}`));
const entry = fc
  .tuple(name, fc.array(name, { maxLength: 2 }), padding, fc.array(port, { maxLength: 3 }))
  .map(([id, dependencies, far, servicePorts]): TreeEntry => {
    const isApp = id.includes('app');
    return isApp ? { ...anAppEntry(id, [...dependencies, ...far]), servicePorts } : aGroupEntry(id, dependencies);
  });
const change = fc.oneof(
  { weight: 4, arbitrary: entry.map((made): readonly [PathId, TreeEntry | null] => [made.id, made]) },
  { weight: 1, arbitrary: name.map((id): readonly [PathId, TreeEntry | null] => [resolvePathId(id), null]) },
);
const rounds = fc.array(
  fc.array(change, { maxLength: 6 }).map((pairs): Changes => new Map(pairs)),
  { maxLength: 15 },
);

/** A tree that changes, with nodes of all its former versions beside its own. */
function aTree() {
  const nodes = new Map<ContentHash, TreeNode>();
  let root = EMPTY_TREE;
  return {
    root: () => root,
    nodes,
    apply(changes: Changes): void {
      const updated = updateTree(root, nodes, changes);
      root = updated.root;
      for (const [hash, node] of updated.written) nodes.set(hash, node);
    },
  };
}

/** False when the draft refuses a change. What is removed goes with all below it, as no group above an entry is missing. */
function applyTo(draft: TreeDraft, before: ReadonlyMap<PathId, TreeEntry>, changes: Changes): boolean {
  for (const [id, one] of changes) {
    if (one === null) for (const other of before.keys()) if (isWithin(other, id)) draft.remove(other);
  }
  for (const one of changes.values()) {
    if (one === null) continue;
    if ((one.kind === 'group' ? draft.putGroup(one) : draft.putSpec(one)) !== undefined) return false;
  }
  return true;
}

it('entries looked up in the nodes are those of the map, before and after they have an index', () => {
  fc.assert(
    fc.property(rounds, fc.array(name, { maxLength: 30 }), (all, asked) => {
      const tree = aTree();
      for (const changes of all) {
        tree.apply(changes);
        const expected = treeEntries(tree.root(), tree.nodes);
        const entries = new TreeEntries(tree.root(), tree.nodes);
        for (let time = 0; time < 10; time += 1) {
          for (const id of [...expected.keys(), ...asked.map((text) => resolvePathId(text))]) {
            expect(entries.get(id)).toBe(expected.get(id));
          }
        }
        expect([...entries]).toEqual([...expected]);
        expect(entries.size).toBe(expected.size);
      }
    }),
    { numRuns: 60 },
  );
});

it('a draft is the tree with its changes', () => {
  fc.assert(
    fc.property(rounds, (all) => {
      const expected = new Map<PathId, TreeEntry>();
      for (const changes of all) {
        const draft = createTreeDraft(new Map(expected));
        if (!applyTo(draft, expected, changes)) continue;
        for (const [id, one] of draft.changes) {
          if (one === null) expected.delete(id);
          else expected.set(id, one);
        }
        expect(new Map(draft.entries)).toEqual(expected);
        for (const id of changes.keys()) expect(draft.entries.get(id)).toEqual(expected.get(id));
      }
    }),
  );
});

it('what a change depends on tells its layers, and whether there is a cycle', () => {
  let cycles = 0;
  fc.assert(
    fc.property(rounds, (all) => {
      let before = new Map<PathId, TreeEntry>();
      for (const changes of all) {
        const draft = createTreeDraft(before);
        if (!applyTo(draft, before, changes)) continue;
        const after = new Map(draft.entries);
        const whole = dependencyLayers(after);
        const part = layersOfChange(draft.entries, draft.changes.keys());
        expect(part.cycle).toEqual(whole.cycle);
        for (const id of draft.changes.keys()) expect(part.layers.get(id)).toBe(whole.layers.get(id));
        if (whole.cycle === undefined) before = after;
        else cycles += 1;
      }
    }),
    { numRuns: 300 },
  );
  expect(cycles).toBeGreaterThan(50);
});

it('the ports in use are those of all entries', () => {
  fc.assert(
    fc.property(rounds, (all) => {
      const tree = aTree();
      for (const changes of all) {
        tree.apply(changes);
        const entries = [...treeEntries(tree.root(), tree.nodes).values()];
        const expected = new Set(entries.flatMap((one) => (one.kind === 'group' ? [] : one.servicePorts)));
        const used = usedServicePorts(tree.root(), tree.nodes);
        for (let number = 0; number <= 65_535; number += 1) {
          if (used.has(number) !== expected.has(number)) throw new Error(`${number} should be ${expected.has(number)}`);
        }
      }
    }),
    { numRuns: 40 },
  );
});

it('apps that stay get the same ports whether their old ones count as taken or not', () => {
  const requests = fc.array(
    fc.record({
      requested: fc.array(fc.oneof(port, fc.constant(0)), { maxLength: 4 }),
      previous: fc.array(port, { maxLength: 4 }),
    }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(requests, fc.uniqueArray(port), (changing, others) => {
      const all = new Set([...others, ...changing.flatMap(({ previous }) => previous)]);
      expect(assignServicePorts(changing, all, RANGE)).toEqual(assignServicePorts(changing, new Set(others), RANGE));
    }),
    { numRuns: 500 },
  );
});
