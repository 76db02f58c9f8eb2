import { isWithin, type PathId } from '../model/path-id.ts';
import type { TreeEntry } from './tree.ts';

type Entries = ReadonlyMap<PathId, TreeEntry>;
type Graph = ReadonlyMap<PathId, ReadonlySet<PathId>>;

/**
 * What each app waits for: the apps its `dependencies` name, the apps below groups they name, and the same for the
 * dependencies of the groups it lies in (Marathon: RootGroup.scala). Unknown ids are skipped.
 */
export function dependencyGraph(entries: Entries): Graph {
  const apps = [...entries.values()].filter((entry) => entry.kind === 'app').map((entry) => entry.id);
  const appsOf = (id: PathId): readonly PathId[] =>
    entries.get(id)?.kind === 'app' ? [id] : apps.filter((app) => isWithin(app, id));
  const graph = new Map<PathId, Set<PathId>>(apps.map((app) => [app, new Set()]));
  for (const entry of entries.values()) {
    if (entry.dependencies.length === 0) continue;
    const targets = entry.dependencies.flatMap(appsOf);
    for (const app of appsOf(entry.id)) for (const target of targets) graph.get(app)?.add(target);
  }
  return graph;
}

/**
 * The layer of every app: the number of nodes on the longest path down to an app without dependencies (1).
 * The second member names one cycle when there is one; layers are then empty.
 */
export function dependencyLayers(graph: Graph): {
  readonly layers: ReadonlyMap<PathId, number>;
  readonly cycle?: readonly PathId[];
} {
  const layers = new Map<PathId, number>();
  const path: PathId[] = [];
  const visit = (id: PathId): readonly PathId[] | undefined => {
    if (layers.has(id)) return undefined;
    const begun = path.indexOf(id);
    if (begun >= 0) return [...path.slice(begun), id];
    path.push(id);
    let deepest = 0;
    for (const dependency of graph.get(id) ?? []) {
      const cycle = visit(dependency);
      if (cycle !== undefined) return cycle;
      deepest = Math.max(deepest, layers.get(dependency) ?? 0);
    }
    path.pop();
    layers.set(id, deepest + 1);
    return undefined;
  };
  for (const id of graph.keys()) {
    const cycle = visit(id);
    if (cycle !== undefined) return { layers: new Map(), cycle };
  }
  return { layers };
}
