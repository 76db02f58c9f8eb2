import { type PathId, parentOf, ROOT_ID } from '../model/path-id.ts';
import { groupByParent } from './group-by-parent.ts';
import type { TreeEntry } from './tree.ts';

type Entries = ReadonlyMap<PathId, TreeEntry>;

/**
 * A node of the dependency graph: an app; `members`: all apps below a group; `needs`: what every app below a group
 * waits for. The latter two stand for many edges at once, so that a group that depends on a group costs one edge, and
 * count nothing on a path.
 */
type Vertex = `app ${PathId}` | `members ${PathId}` | `needs ${PathId}`;

const appIn = (vertex: Vertex): PathId | undefined =>
  vertex.startsWith('app ') ? (vertex.slice('app '.length) as PathId) : undefined;

/**
 * What each vertex leads to: the apps that an app's `dependencies` name, the apps below groups they name, and the same
 * for the dependencies of the groups it lies in (Marathon: RootGroup.scala). Unknown ids are skipped. Pods take no part.
 */
function dependencyEdges(entries: Entries): (vertex: Vertex) => readonly Vertex[] {
  // Made when somebody depends on a group: apps alone need no more than their entries.
  let children: ReadonlyMap<PathId, ReadonlySet<PathId>> | undefined;

  function childrenIn(id: PathId): Iterable<PathId> {
    children ??= groupByParent(entries.keys());
    return children.get(id) ?? [];
  }

  function named({ dependencies }: TreeEntry): readonly Vertex[] {
    return dependencies.flatMap((id): readonly Vertex[] => {
      const kind = entries.get(id)?.kind;
      if (kind === 'app') return [`app ${id}`];
      return kind === 'group' || id === ROOT_ID ? [`members ${id}`] : [];
    });
  }

  return (vertex) => {
    const [kind, id] = vertex.split(' ') as [string, PathId];
    const entry = entries.get(id);
    const own = entry === undefined ? [] : named(entry);
    switch (kind) {
      case 'members':
        return [...childrenIn(id)].flatMap((child): readonly Vertex[] => {
          const below = entries.get(child)?.kind;
          if (below === 'pod') return [];
          return below === 'app' ? [`app ${child}`] : [`members ${child}`];
        });
      default:
        return id === ROOT_ID ? own : [...own, `needs ${parentOf(id)}`];
    }
  };
}

interface Visit {
  readonly vertex: Vertex;
  readonly rest: Iterator<Vertex>;
  deepest: number;
}

/** Finds the layers of an app and of all it depends on; a cycle on the way, if there is one. */
function descend(
  start: Vertex,
  edgesOf: (vertex: Vertex) => readonly Vertex[],
  layers: Map<Vertex, number>,
): readonly PathId[] | undefined {
  // A stack of its own: a chain of apps may be longer than calls can nest.
  const path: Visit[] = [];
  const onPath = new Set<Vertex>();
  const enter = (vertex: Vertex): void => {
    onPath.add(vertex);
    path.push({ vertex, rest: edgesOf(vertex).values(), deepest: 0 });
  };
  enter(start);
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const next = visit.rest.next();
    if (next.done) {
      const layer = visit.deepest + (appIn(visit.vertex) === undefined ? 0 : 1);
      layers.set(visit.vertex, layer);
      onPath.delete(visit.vertex);
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) above.deepest = Math.max(above.deepest, layer);
      continue;
    }
    const known = layers.get(next.value);
    if (known !== undefined) visit.deepest = Math.max(visit.deepest, known);
    else if (onPath.has(next.value)) {
      const vertices = path.map(({ vertex }) => vertex);
      const apps = vertices.slice(vertices.indexOf(next.value)).flatMap((vertex) => appIn(vertex) ?? []);
      return [...apps, ...apps.slice(0, 1)];
    } else enter(next.value);
  }
  return undefined;
}

interface DependencyLayers {
  /** Apps that are missing are in layer 1. */
  readonly layers: ReadonlyMap<PathId, number>;
  /** One cycle when there is one; layers are then empty. */
  readonly cycle?: readonly PathId[];
}

/**
 * The layer of every app that waits for another: the number of apps on the longest path down to one without
 * dependencies, which is in layer 1. Takes time in proportion to the entries and their dependencies.
 */
export function dependencyLayers(entries: Entries): DependencyLayers {
  const layers = new Map<PathId, number>();
  if ([...entries.values()].every(({ dependencies }) => dependencies.length === 0)) return { layers };
  const edgesOf = dependencyEdges(entries);
  const found = new Map<Vertex, number>();
  for (const { id, kind } of entries.values()) {
    if (kind !== 'app') continue;
    const vertex: Vertex = `app ${id}`;
    const cycle = found.has(vertex) ? undefined : descend(vertex, edgesOf, found);
    if (cycle !== undefined) return { layers: new Map(), cycle };
    const layer = found.get(vertex) ?? 1;
    if (layer > 1) layers.set(id, layer);
  }
  return { layers };
}

/**
 * The same for some ids of a tree: the layers of the apps among them, and a cycle if they are on one. Looks at what they
 * depend on alone; so a tree without cycles is known to have none after a change when the changed ids are on none.
 */
export function layersOfChange(entries: Entries, changed: Iterable<PathId>): DependencyLayers {
  const edgesOf = dependencyEdges(entries);
  const found = new Map<Vertex, number>();
  const layers = new Map<PathId, number>();
  for (const id of changed) {
    const kind = id === ROOT_ID ? 'group' : entries.get(id)?.kind;
    if (kind !== 'app' && kind !== 'group') continue;
    const vertex: Vertex = kind === 'app' ? `app ${id}` : `needs ${id}`;
    // Which of several cycles is named must not depend on what was changed.
    if (!found.has(vertex) && descend(vertex, edgesOf, found) !== undefined) return dependencyLayers(entries);
    const layer = found.get(vertex) ?? 1;
    if (kind === 'app' && layer > 1) layers.set(id, layer);
  }
  return { layers };
}
