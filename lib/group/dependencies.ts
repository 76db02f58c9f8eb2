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

interface Visit {
  readonly id: PathId;
  readonly rest: Iterator<PathId>;
  deepest: number;
}

/** Finds the layers of an app and of all it depends on; a cycle on the way, if there is one. */
function descend(start: PathId, graph: Graph, layers: Map<PathId, number>): readonly PathId[] | undefined {
  // A stack of its own: a chain of apps may be longer than calls can nest.
  const path: Visit[] = [];
  const onPath = new Set<PathId>();
  const enter = (id: PathId): void => {
    onPath.add(id);
    path.push({ id, rest: (graph.get(id) ?? new Set<PathId>()).values(), deepest: 0 });
  };
  enter(start);
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const next = visit.rest.next();
    if (next.done) {
      layers.set(visit.id, visit.deepest + 1);
      onPath.delete(visit.id);
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) above.deepest = Math.max(above.deepest, visit.deepest + 1);
      continue;
    }
    const known = layers.get(next.value);
    if (known !== undefined) visit.deepest = Math.max(visit.deepest, known);
    else if (onPath.has(next.value)) {
      const ids = path.map(({ id }) => id);
      return [...ids.slice(ids.indexOf(next.value)), next.value];
    } else enter(next.value);
  }
  return undefined;
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
  for (const id of graph.keys()) {
    const cycle = layers.has(id) ? undefined : descend(id, graph, layers);
    if (cycle !== undefined) return { layers: new Map(), cycle };
  }
  return { layers };
}
