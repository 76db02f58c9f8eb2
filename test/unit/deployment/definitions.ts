import {
  type ChangeContext,
  type PlannedChange,
  planChange,
  type WantedChange,
} from '../../../lib/deployment/plan-change.ts';
import { EMPTY_TREE, type TreeNodes, treeEntries } from '../../../lib/group/tree.ts';
import { contentHash } from '../../../lib/model/content-hash.ts';
import type { DeploymentPlan } from '../../../lib/model/deployment.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import { type PathId, resolvePathId } from '../../../lib/model/path-id.ts';
import type { CurrentSpec, Root, StoredSpec } from '../../../lib/model/root.ts';
import type { AppDefinition, AppSpec, RunSpec, RunSpecDefinition } from '../../../lib/model/run-spec.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';

/** A definition as its owner writes it: no version, its service port left open. */
export function aDefinition(id: string, fields: Partial<AppDefinition> = {}): AppDefinition {
  const { version: _version, versionInfo: _versionInfo, ...app } = anApp({ id: resolvePathId(id) });
  return { ...app, portDefinitions: [{ port: 0, protocol: 'tcp', labels: {} }], ...fields };
}

/** The apps among run specs. */
export function appsOf(specs: ReadonlyMap<PathId, RunSpec>): ReadonlyMap<PathId, AppSpec> {
  return new Map([...specs].flatMap(([id, spec]) => (spec.kind === 'app' ? [[id, spec]] : [])));
}

/** Definitions under one root, changed by planned commits: what the table would hold, in memory. */
export function createDefinitions(config = aConfig()) {
  let root: Root = { seq: 0, version: toTimestamp(0), tree: EMPTY_TREE, running: {}, recent: [] };
  let nodes: TreeNodes = new Map();
  let count = 0;
  const specs = new Map<string, StoredSpec>();
  const plans = new Map<string, DeploymentPlan>();

  const find = (id: PathId): CurrentSpec | undefined => {
    const entry = treeEntries(root.tree, nodes).get(id);
    if (entry === undefined || entry.kind === 'group') return undefined;
    const stored = specs.get(entry.spec);
    return stored === undefined ? undefined : { ...stored, id, hash: entry.spec };
  };

  const context = (fields: Partial<ChangeContext> = {}): ChangeContext => ({
    root,
    entries: treeEntries(root.tree, nodes),
    nodes,
    running: Object.keys(root.running)
      .map((id) => plans.get(id))
      .filter((plan) => plan !== undefined),
    deployment: `deployment-${count + 1}` as DeploymentId,
    force: false,
    deadline: undefined,
    now: EPOCH,
    config,
    ...fields,
  });

  /** Decides on definitions to be there (or, by id, not to be); nothing is committed. */
  const plan = (
    wanted: readonly (RunSpecDefinition | PathId)[],
    fields: Partial<ChangeContext> = {},
    restart = false,
  ) =>
    planChange(
      wanted.map((one): WantedChange => {
        const id = typeof one === 'string' ? one : one.id;
        const before = find(id);
        return {
          id,
          restart,
          ...(before === undefined ? {} : { before }),
          ...(typeof one === 'string' ? {} : { after: one }),
        };
      }),
      context(fields),
    );

  return {
    root: (): Root => root,
    entries: () => treeEntries(root.tree, nodes),
    find,
    plan,
    /** Decides and commits; throws what it is refused with. */
    commit(...args: Parameters<typeof plan>): PlannedChange {
      const decision = plan(...args);
      if (!decision.ok) throw decision.error;
      const { change } = decision;
      for (const spec of change.specs) specs.set(contentHash(spec), spec);
      nodes = new Map([...nodes, ...change.tree.written]);
      plans.set(change.plan.id, change.plan);
      root = change.root;
      count += 1;
      return change;
    },
    /** Takes all running deployments out of the root, as the tick does when they are done. */
    finishAll(): void {
      root = { ...root, running: {} };
    },
  };
}
