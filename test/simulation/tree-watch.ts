import type { Item, Key } from '../../lib/gateways/store.ts';
import { childrenOf, EMPTY_TREE, type TreeEntry, type TreeNode, treeEntries } from '../../lib/group/tree.ts';
import type { ContentHash } from '../../lib/model/ids.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Root, StoredSpec } from '../../lib/model/root.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import { decodeItem } from '../../lib/state/items.ts';

/** How the definitions of one moment look to a reader: each app with its version. */
export const treeText = (apps: readonly { readonly id: string; readonly version: string }[]): string =>
  apps
    .map(({ id, version }) => `${id}@${version}`)
    .toSorted()
    .join(' ');

const hashOf = ({ pk }: Key): ContentHash => pk.slice(pk.lastIndexOf('#') + 1) as ContentHash;
const isSpec = (entry: TreeEntry): entry is Extract<TreeEntry, { readonly spec: ContentHash }> => 'spec' in entry;

/**
 * Watches that whatever a root refers to is there when it begins to count, and remembers what the definitions were
 * when, so that a reader's answer can be held against the roots of its time.
 */
export function createTreeWatch(violation: (what: string) => void) {
  const nodes = new Map<ContentHash, TreeNode>();
  const specs = new Map<ContentHash, StoredSpec>();
  const trees: { readonly from: Instant; readonly text: string }[] = [{ from: 0, text: '' }];

  function isWhole(hash: ContentHash): boolean {
    const node = nodes.get(hash);
    return hash === EMPTY_TREE || (node !== undefined && childrenOf(node).every(isWhole));
  }

  return {
    partStored(key: Key, item: Item | undefined): void {
      const hash = hashOf(key);
      if (key.pk.includes('#SPEC#')) {
        if (item === undefined) specs.delete(hash);
        else if (item['type'] === 'spec') specs.set(hash, decodeItem<StoredSpec>(item, 'spec').value);
      } else if (item === undefined) nodes.delete(hash);
      else nodes.set(hash, decodeItem<TreeNode>(item, 'node').value);
    },
    rootStored({ tree }: Root, at: Instant): void {
      if (!isWhole(tree)) {
        violation(`root ${tree} counts and not all nodes of its tree are there`);
        return;
      }
      const entries = [...treeEntries(tree, nodes).values()].filter(isSpec);
      for (const { id, spec } of entries) if (!specs.has(spec)) violation(`${id} is in the tree and has no definition`);
      trees.push({ from: at, text: treeText(entries.filter(({ kind }) => kind === 'app')) });
    },
    /** The definitions of a tree. */
    specsOf: (tree: ContentHash): ReadonlyMap<PathId, RunSpec> =>
      new Map(
        [...treeEntries(tree, nodes).values()].filter(isSpec).flatMap(({ id, spec }) => {
          const stored = specs.get(spec);
          return stored === undefined ? [] : [[id, stored.spec] as const];
        }),
      ),
    /** What the definitions were at some moment from `from` to `to`, one text for each root. */
    between(from: Instant, to: Instant): ReadonlySet<string> {
      const first = trees.findLastIndex((tree) => tree.from < from);
      return new Set(trees.filter((tree, index) => index >= first && tree.from <= to).map(({ text }) => text));
    },
  };
}
