import { hasBecomeHealthy, isHealthy } from '../../lib/health/instance-health.ts';
import type { DeploymentPlan, DeploymentState } from '../../lib/model/deployment.ts';
import type { ContentHash, InstanceId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../lib/model/launch-queue.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import type { Instant, Timestamp } from '../../lib/model/timestamp.ts';
import type { DeploymentWatch } from './deployment-watch.ts';

const NEVER = Number.NEGATIVE_INFINITY;
const STILL = Number.POSITIVE_INFINITY;

/** What an instance was when. `Until` is `STILL` for what it is now. */
interface Seen {
  readonly version: Timestamp;
  readonly wanted: boolean;
  readonly healthyFrom: Instant;
  readonly healthyUntil: Instant;
  /** Has done what a deployment waits for. */
  readonly readyUntil: Instant;
}

/** The healthy instances that a run spec must keep, as long as a deployment is at one of its steps. */
interface Minimum {
  readonly of: string;
  readonly count: number;
  readonly from: Instant;
}

interface World {
  readonly violated: (what: string) => void;
  readonly specsOf: (tree: ContentHash) => ReadonlyMap<PathId, RunSpec>;
  readonly deployments: Pick<DeploymentWatch, 'planOf' | 'stepOf' | 'running'>;
}

/**
 * Watches what deployments do to capacity: no decision of ours takes an app below its minimum while it is upgraded or
 * rolled back, and no step begins before the one that it depends on is done. Whoever decides goes by what was when it
 * read the root (`since`), so only what has been violated ever since counts.
 */
export function createCapacityWatch({ violated, specsOf, deployments }: World) {
  const seen = new Map<PathId, Map<InstanceId, Seen>>();
  const doomed = new Map<PathId, ReadonlySet<InstanceId>>();
  let minimums: ReadonlyMap<PathId, Minimum> = new Map();

  const instancesOf = (runSpec: PathId): Map<InstanceId, Seen> => {
    const known = seen.get(runSpec) ?? new Map<InstanceId, Seen>();
    seen.set(runSpec, known);
    return known;
  };

  /** What a deployment promises at its step: upgrades, and all that a rollback does. */
  function minimumsOf(plan: DeploymentPlan, step: number): readonly (readonly [PathId, number])[] {
    const specs = specsOf(plan.target);
    return (plan.steps[step]?.actions ?? []).flatMap(({ kind, runSpec }) => {
      const spec = specs.get(runSpec);
      const promises = kind === 'restart' || (kind === 'scale' && plan.undoes !== undefined);
      if (spec === undefined || !promises) return [];
      return [[runSpec, Math.ceil(spec.instances * spec.upgradeStrategy.minimumHealthCapacity)] as const];
    });
  }

  function refresh(at: Instant): void {
    const next = new Map<PathId, Minimum>();
    for (const id of deployments.running()) {
      const plan = deployments.planOf(id);
      const step = deployments.stepOf(id);
      const of = `step ${step} of ${id}`;
      for (const [runSpec, count] of plan === undefined ? [] : minimumsOf(plan, step)) {
        const before = minimums.get(runSpec);
        next.set(runSpec, before?.of === of ? before : { of, count, from: at });
      }
    }
    minimums = next;
  }

  return {
    instanceStored(runSpec: PathId, id: InstanceId, instance: Instance | undefined, at: Instant): void {
      const known = instancesOf(runSpec);
      const before = known.get(id);
      if (instance === undefined && before === undefined) return;
      const wasHealthy = before?.healthyUntil === STILL;
      const healthy = instance !== undefined && isHealthy(instance);
      const ready = instance !== undefined && hasBecomeHealthy(instance);
      const left = (until: Instant = NEVER): Instant => (until === STILL ? at : until);
      known.set(id, {
        version: instance?.runSpecVersion ?? before?.version ?? ('' as Timestamp),
        wanted: instance?.goal === 'Running',
        healthyFrom: healthy && !wasHealthy ? at : (before?.healthyFrom ?? NEVER),
        healthyUntil: healthy ? STILL : left(before?.healthyUntil),
        readyUntil: ready ? STILL : left(before?.readyUntil),
      });
    },
    /** Instances to be let go were decided upon. */
    entryStored({ runSpec, doomed: ids }: LaunchQueueEntry, since: Instant | undefined): void {
      const before = doomed.get(runSpec);
      const after = new Set(ids);
      doomed.set(runSpec, after);
      const minimum = minimums.get(runSpec);
      if (since === undefined || minimum === undefined || minimum.from >= since) return;
      const known = instancesOf(runSpec);
      const surelyHealthy = (one: Seen | undefined): boolean =>
        one?.healthyUntil === STILL && one.healthyFrom < since && one.wanted;
      const takesHealthy = ids.some((id) => before?.has(id) !== true && surelyHealthy(known.get(id)));
      if (!takesHealthy) return;
      const left = [...known].filter(([id, one]) => one.wanted && !after.has(id) && one.healthyUntil >= since).length;
      if (left < minimum.count)
        violated(
          `${minimum.of} leaves ${left} healthy instances of ${runSpec}, at least ${minimum.count} are promised`,
        );
    },
    /** A deployment is about to go on to a step: to be told before the present one is. */
    progressStored(id: string, { step }: DeploymentState, since: Instant | undefined): void {
      const plan = deployments.planOf(id);
      const present = deployments.stepOf(id);
      if (plan === undefined || since === undefined || step <= present || !deployments.running().includes(id)) return;
      const specs = specsOf(plan.target);
      for (const action of plan.steps[present]?.actions ?? []) {
        const spec = specs.get(action.runSpec);
        if (spec === undefined || action.kind === 'start' || action.kind === 'stop') continue;
        const needed = action.kind === 'scale' ? action.to : spec.instances;
        const ready = [...instancesOf(action.runSpec).values()].filter(
          (one) => one.readyUntil >= since && (action.kind === 'scale' || one.version === spec.version),
        );
        if (ready.length < needed)
          violated(`step ${present} of ${id} is over and ${ready.length} of ${needed} of ${spec.id} are ready`);
      }
    },
    /** A deployment succeeded: of what it brought into being nothing is left that was there before. */
    succeeded({ steps, undoes, version }: DeploymentPlan): void {
      if (undoes !== undefined) return;
      for (const { kind, runSpec } of steps.flatMap(({ actions }) => actions)) {
        const isFormer = (one: Seen): boolean => one.wanted && one.version < version;
        if (kind === 'start' && [...instancesOf(runSpec).values()].some(isFormer))
          violated(`${runSpec} is new and has instances of what was removed`);
      }
    },
    /** Deployments or their steps began or ended: to be told after the watch of deployments is. */
    refresh,
  };
}
