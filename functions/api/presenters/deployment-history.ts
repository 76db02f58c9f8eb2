import { waitsFor } from '../../../lib/deployment/waits-for.ts';
import { actionOnWire } from '../../../lib/event/events.ts';
import type { DeploymentOutcome, DeploymentPlan, DeploymentRecord } from '../../../lib/model/deployment.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import type { RunSpec } from '../../../lib/model/run-spec.ts';
import { fromTimestamp, type Instant, toTimestamp } from '../../../lib/model/timestamp.ts';
import { given } from '../../../lib/schema/given.ts';

export const DEPLOYMENT_STATES = [
  'running',
  'ending',
  'succeeded',
  'failed',
  'rolledBack',
  'cancelled',
  'superseded',
] as const satisfies readonly (DeploymentOutcome | 'running' | 'ending')[];

/** What is there of the apps and pods of running deployments. */
export interface PresentWork {
  readonly specs: ReadonlyMap<PathId, RunSpec>;
  readonly instances: ReadonlyMap<PathId, readonly Instance[]>;
}

/** A deployment as history knows it. */
export interface KnownDeployment {
  readonly record: DeploymentRecord;
  readonly plan: DeploymentPlan;
  /** When each step was reached; one more than there are steps when all are done. */
  readonly began: readonly Instant[];
  readonly runs: boolean;
}

const time = (at: Instant | undefined) => (at === undefined ? undefined : toTimestamp(at));
const secondsBetween = (from: Instant, to: Instant): number => Math.max(0, to - from) / 1000;

function presentSteps({ plan, began, runs, record }: KnownDeployment, work: PresentWork, now: Instant) {
  return plan.steps.map(({ actions }, index) => {
    const started = began[index];
    const over = began[index + 1] ?? (runs ? undefined : record.end?.at);
    const waits = runs && started !== undefined && over === undefined;
    return given({
      actions: actions.map(actionOnWire),
      started: time(started),
      ended: started === undefined ? undefined : time(over),
      durationSeconds: started === undefined ? undefined : secondsBetween(started, over ?? now),
      waitsFor: waits
        ? actions.flatMap((action) =>
            waitsFor(action, work.instances.get(action.runSpec) ?? [], work.specs.get(action.runSpec)),
          )
        : undefined,
    });
  });
}

/** One entry of the history of deployments. */
export function presentPastDeployment(known: KnownDeployment, work: PresentWork, now: Instant) {
  const { plan, record, runs } = known;
  const { id, version, affected, undoes, deadline } = plan;
  const { end } = record;
  const started = fromTimestamp(version);
  return given({
    id,
    version,
    affected,
    outcome: end?.outcome ?? (runs ? ('running' as const) : ('ending' as const)),
    reason: end?.reason,
    replacedBy: end?.by,
    undoes,
    started: version,
    ended: time(end?.at),
    durationSeconds: end === undefined && !runs ? undefined : secondsBetween(started, end?.at ?? now),
    deadline: deadline && { ...deadline, at: toTimestamp(started + deadline.seconds * 1000) },
    steps: presentSteps(known, work, now),
  });
}
