import { hasBecomeHealthy } from '../health/instance-health.ts';
import type { DeploymentAction, DeploymentPlan } from '../model/deployment.ts';
import type { InstanceId } from '../model/ids.ts';
import type { Instance } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { Timestamp } from '../model/timestamp.ts';
import { hasLetGo } from './has-let-go.ts';
import { isRestarted, proposeMoving, proposeRestart } from './restart.ts';
import { proposeScaling, type ScalingProposition } from './scale.ts';

/** What a run spec is held to at this moment: by a deployment's action, or by its definition alone. */
export type Duty =
  | {
      readonly kind: 'keep';
      readonly count: number;
      readonly kill?: readonly InstanceId[];
      /** Instances of versions before this one are not of this definition: they go too. */
      readonly since?: Timestamp;
      /** Those that are not healthy go first, whatever kill selection says. */
      readonly spareHealthy?: boolean;
    }
  | { readonly kind: 'restart' }
  | { readonly kind: 'stop' };

const NOTHING: ScalingProposition = { create: 0, decommission: [] };

/**
 * The run specs that a plan brings into being: instances of versions before the plan's are not theirs. One that was
 * removed a moment ago may have left some; a rollback brings back the very definition whose instances they are.
 */
function begunBy({ steps, undoes }: DeploymentPlan): ReadonlySet<PathId> {
  if (undoes !== undefined) return new Set();
  const starts = steps.flatMap(({ actions }) => actions).filter(({ kind }) => kind === 'start');
  return new Set(starts.map(({ runSpec }) => runSpec));
}

/** Those that go whatever their number. */
function sentencedOf(
  instances: readonly Instance[],
  { kill = [], since }: Pick<Extract<Duty, { kind: 'keep' }>, 'kill' | 'since'>,
): readonly InstanceId[] {
  if (since === undefined) return kill;
  return [...kill, ...instances.filter(({ runSpecVersion }) => runSpecVersion < since).map(({ id }) => id)];
}

/**
 * The duty that an action of the running step lays on its run spec; `start` lays none (deployments.md §4). What a
 * rollback removes is what did not come up, as long as there is any of it.
 */
function dutyOf(
  action: DeploymentAction,
  spec: RunSpec | undefined,
  plan: DeploymentPlan,
  begun: ReadonlySet<PathId>,
): Duty | undefined {
  switch (action.kind) {
    case 'start':
      return undefined;
    case 'stop':
      return { kind: 'stop' };
    case 'scale':
      return {
        kind: 'keep',
        count: spec === undefined ? 0 : action.to,
        ...(action.kill === undefined ? {} : { kill: action.kill }),
        ...(plan.undoes !== undefined && { spareHealthy: true }),
        ...(begun.has(action.runSpec) && { since: plan.version }),
      };
    case 'restart':
      return spec === undefined ? { kind: 'stop' } : { kind: 'restart' };
  }
}

/** What holds a run spec at a count. Those chosen to be killed go first; only then are agents emptied. */
function keep(
  { count, spareHealthy = false, ...duty }: Extract<Duty, { kind: 'keep' }>,
  instances: readonly Instance[],
  spec: RunSpec,
  leaving: ReadonlySet<InstanceId>,
): ScalingProposition {
  const sentenced = sentencedOf(instances, duty);
  const isEmptying = leaving.size > 0 && sentenced.length === 0;
  const { killSelection: selection, constraints } = spec;
  return isEmptying
    ? proposeMoving(instances, count, spec, leaving)
    : proposeScaling(instances, count, { selection, spareHealthy, constraints }, sentenced);
}

/**
 * What to create and whom to let go for a duty, from what is there now. `leaving`: wanted instances on agents that are
 * to be emptied.
 */
export function propose(
  duty: Duty,
  instances: readonly Instance[],
  spec: RunSpec | undefined,
  leaving: ReadonlySet<InstanceId> = new Set(),
): ScalingProposition {
  switch (duty.kind) {
    case 'keep':
      return spec === undefined ? NOTHING : keep(duty, instances, spec, leaving);
    case 'restart':
      return spec === undefined ? NOTHING : proposeRestart(instances, spec, leaving);
    case 'stop':
      return {
        create: 0,
        decommission: instances.filter(({ goal }) => goal !== 'Decommissioned').map(({ id }) => id),
      };
  }
}

/** Whether an action has reached its end. */
export function isActionDone(
  action: DeploymentAction,
  instances: readonly Instance[],
  spec: RunSpec | undefined,
): boolean {
  switch (action.kind) {
    case 'start':
      return true;
    case 'stop':
      return instances.every((instance) => instance.goal === 'Decommissioned' && hasLetGo(instance));
    case 'scale': {
      if (spec === undefined) return true;
      const healthy = instances.filter((instance) => instance.goal === 'Running' && hasBecomeHealthy(instance));
      const sentenced = new Set(action.kill);
      return (
        healthy.length >= action.to &&
        instances.every((one) => (one.goal === 'Running' ? !sentenced.has(one.id) : hasLetGo(one)))
      );
    }
    case 'restart':
      return spec === undefined || isRestarted(instances, spec);
  }
}

export interface DeploymentView {
  readonly plan: DeploymentPlan;
  /** Index of the running step, counting from 0. */
  readonly step: number;
}

/**
 * The duties of all running deployments' present steps. A locked run spec is kept by its deployment alone: between its
 * steps nobody else scales it (deployments.md §3), so locked ones without an action in the step get no duty at all.
 */
export function dutiesOf(
  deployments: readonly DeploymentView[],
  specs: ReadonlyMap<PathId, RunSpec>,
): { readonly locked: ReadonlySet<PathId>; readonly duties: ReadonlyMap<PathId, Duty> } {
  const locked = new Set<PathId>();
  const duties = new Map<PathId, Duty>();
  for (const { plan, step } of deployments) {
    for (const id of plan.affected) locked.add(id);
    const begun = begunBy(plan);
    for (const action of plan.steps[step]?.actions ?? []) {
      const duty = dutyOf(action, specs.get(action.runSpec), plan, begun);
      if (duty !== undefined) duties.set(action.runSpec, duty);
    }
  }
  return { locked, duties };
}

/** Whether the present step of a deployment is done. True for a plan without steps left. */
export function isStepDone(
  { plan, step }: DeploymentView,
  specs: ReadonlyMap<PathId, RunSpec>,
  instances: ReadonlyMap<PathId, readonly Instance[]>,
): boolean {
  const begun = begunBy(plan);
  const actions = plan.steps[step]?.actions ?? [];
  return actions.every((action) => {
    const present = instances.get(action.runSpec) ?? [];
    const isBeginning = action.kind === 'scale' && begun.has(action.runSpec);
    const whole = isBeginning ? { ...action, kill: sentencedOf(present, { ...action, since: plan.version }) } : action;
    return isActionDone(whole, present, specs.get(action.runSpec));
  });
}
