import { changeKind } from '../group/versioning.ts';
import type { DeploymentAction, DeploymentStep } from '../model/deployment.ts';
import type { InstanceId } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import type { RunSpec } from '../model/run-spec.ts';

/** One run spec before and after a change; both absent never happens. */
export interface SpecChange {
  readonly id: PathId;
  readonly before?: RunSpec;
  readonly after?: RunSpec;
  /** Instances that scaling is to let go. */
  readonly kill?: readonly InstanceId[];
  /** Brought to its count although nothing differs: what was under way with it is ended. */
  readonly settles?: boolean;
}

const targetOf = ({ id, before, after }: SpecChange): Pick<DeploymentAction, 'runSpec' | 'specKind'> =>
  (after ?? before)?.kind === 'pod' ? { runSpec: id, specKind: 'pod' } : { runSpec: id };

function layeredAction(change: SpecChange): DeploymentAction | undefined {
  const { before, after, kill = [] } = change;
  if (after === undefined) return undefined;
  const sentence = kill.length === 0 ? {} : { kill };
  const scale: DeploymentAction = { kind: 'scale', ...targetOf(change), to: after.instances, ...sentence };
  if (before === undefined) return scale;
  const kind = changeKind(before, after, before.version !== after.version);
  if (kind === 'none') return change.settles === true ? scale : undefined;
  return kind === 'scaling' || after.instances === 0 ? scale : { kind: 'restart', ...targetOf(change) };
}

/**
 * From a change to steps (deployments.md §2): stops of removed specs, starts of new ones, then one step per
 * dependency layer of the target tree, lowest first. Empty steps are dropped.
 * @param layers of the tree after the change; what is missing is in layer 1
 */
export function planSteps(
  changes: readonly SpecChange[],
  layers: ReadonlyMap<PathId, number>,
): readonly DeploymentStep[] {
  const stops = changes.flatMap((change): DeploymentAction[] =>
    change.before !== undefined && change.after === undefined ? [{ kind: 'stop', ...targetOf(change) }] : [],
  );
  const starts = changes.flatMap((change): DeploymentAction[] =>
    change.before === undefined && change.after !== undefined ? [{ kind: 'start', ...targetOf(change) }] : [],
  );
  const actions = changes.map(layeredAction).filter((action) => action !== undefined);
  const byLayer = [...Map.groupBy(actions, (action) => layers.get(action.runSpec) ?? 1)].sort(([a], [b]) => a - b);
  return [stops, starts, ...byLayer.map(([, layer]) => layer)]
    .filter((step) => step.length > 0)
    .map((step) => ({ actions: step }));
}

/** The run specs named in any action: what the deployment locks. */
export function affectedBy(steps: readonly DeploymentStep[]): readonly PathId[] {
  return [...new Set(steps.flatMap((step) => step.actions.map((action) => action.runSpec)))];
}
