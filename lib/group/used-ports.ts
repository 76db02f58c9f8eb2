import type { ContentHash } from '../model/ids.ts';
import { childrenOf, nodeAt, type TreeNode, type TreeNodes } from './tree.ts';

const PORTS = 65_536;
const BITS = 32;

/** A set of ports as bits, so that sets are joined 32 ports at a time; words outside of the bounds are 0. */
interface PortBits {
  readonly words: Int32Array;
  first: number;
  last: number;
}

type Leaf = Extract<TreeNode, { kind: 'leaf' }>;

// Nodes never change, so neither do the ports below them: those of nodes that were asked about are remembered.
const ofLeaves = new WeakMap<TreeNode, readonly number[]>();
const ofBranches = new WeakMap<TreeNode, PortBits>();

const portsOf = ({ entries }: Leaf): readonly number[] =>
  entries.flatMap((entry) => (entry.kind === 'group' ? [] : entry.servicePorts));

function addWord(bits: PortBits, index: number, word: number): void {
  bits.words[index] = (bits.words[index] ?? 0) | word;
  bits.first = Math.min(bits.first, index);
  bits.last = Math.max(bits.last, index);
}

function addLeaf(bits: PortBits, leaf: Leaf): void {
  const ports = ofLeaves.get(leaf) ?? portsOf(leaf);
  ofLeaves.set(leaf, ports);
  for (const port of ports) addWord(bits, port >>> 5, 1 << (port & (BITS - 1)));
}

function addBranch(bits: PortBits, { words, first, last }: PortBits): void {
  for (let index = first; index <= last; index += 1) addWord(bits, index, words[index] ?? 0);
}

function portsBelow(node: TreeNode, nodes: TreeNodes): PortBits {
  const before = ofBranches.get(node);
  if (before !== undefined) return before;
  const bits: PortBits = { words: new Int32Array(PORTS / BITS), first: PORTS / BITS, last: -1 };
  if (node.kind === 'leaf') addLeaf(bits, node);
  for (const hash of childrenOf(node)) {
    const child = nodeAt(nodes, hash);
    if (child.kind === 'leaf') addLeaf(bits, child);
    else addBranch(bits, portsBelow(child, nodes));
  }
  if (node.kind === 'branch') ofBranches.set(node, bits);
  return bits;
}

/** The service ports of all apps of a loaded tree. What a tree shares with one that was asked about costs nothing. */
export function usedServicePorts(root: ContentHash, nodes: TreeNodes): Pick<ReadonlySet<number>, 'has'> {
  const { words } = portsBelow(nodeAt(nodes, root), nodes);
  return { has: (port) => ((words[port >>> 5] ?? 0) & (1 << (port & (BITS - 1)))) !== 0 };
}
