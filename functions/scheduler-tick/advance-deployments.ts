import { type DeploymentView, isStepDone } from '../../lib/deployment/advance.ts';
import {
  addHealthCheck,
  appTerminated,
  deploymentStepEvent,
  deploymentSuccess,
  removeHealthCheck,
} from '../../lib/event/events.ts';
import type { DeploymentRecord } from '../../lib/model/deployment.ts';
import type { MarathonEvent } from '../../lib/model/outbox.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Root } from '../../lib/model/root.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import { renderHealthCheck } from '../../lib/schema/render-app.ts';
import { quietly } from '../../lib/state/instances.ts';
import type { State } from '../../lib/state/state.ts';
import type { TickDeps } from './deps.ts';
import { readableSpecs } from './readable-specs.ts';
import type { RunningDeployment, Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

/** Before an action the health checks of the app's new version are made known (deployments.md §4). */
function checksBegin(spec: RunSpec | undefined, now: Instant): readonly MarathonEvent[] {
  if (spec?.kind !== 'app') return [];
  return spec.healthChecks.map((check) => addHealthCheck(spec, renderHealthCheck(check), now));
}

function stepStarted(
  { plan, step }: DeploymentView,
  specs: ReadonlyMap<PathId, RunSpec>,
  now: Instant,
): readonly MarathonEvent[] {
  const next = plan.steps[step];
  if (next === undefined) return [];
  const checks = next.actions.flatMap(({ runSpec }) => checksBegin(specs.get(runSpec), now));
  return [deploymentStepEvent('deployment_info', plan, next, now), ...checks];
}

function stepEnded({ plan, step }: DeploymentView, now: Instant): readonly MarathonEvent[] {
  const done = plan.steps[step];
  if (done === undefined) return [];
  const stopped = done.actions.filter((action) => action.kind === 'stop');
  return [
    ...stopped.map((action) => appTerminated(action.runSpec, now)),
    deploymentStepEvent('deployment_step_success', plan, done, now),
  ];
}

/** The checks of definitions that a step has replaced or removed are run no longer. */
async function checksEnd(
  state: State,
  { plan, step }: DeploymentView,
  now: Instant,
): Promise<readonly MarathonEvent[]> {
  const replaced = (plan.steps[step]?.actions ?? []).filter(({ kind }) => kind === 'stop' || kind === 'restart');
  if (replaced.length === 0) return [];
  const { entries } = await state.definitions.loadTree(plan.original);
  const hashes = replaced.flatMap(({ runSpec }) => {
    const entry = entries.get(runSpec);
    return entry?.kind === 'app' ? [entry.spec] : [];
  });
  const specs = [...(await readableSpecs(state, hashes)).values()].map(({ spec }) => spec);
  return specs.flatMap((spec) =>
    spec.kind === 'app' ? spec.healthChecks.map(() => removeHealthCheck(spec.id, now)) : [],
  );
}

/** Takes the finished deployments out of the root: the write that ends them and announces it. */
async function finish({ state, clock }: TickDeps, snapshot: Snapshot, done: readonly RunningDeployment[]) {
  const { value: root, rev } = snapshot.root;
  const ended = new Set<string>(done.map(({ plan }) => plan.id));
  const running = Object.fromEntries(Object.entries(root.running).filter(([id]) => !ended.has(id)));
  const next: Root = { ...root, seq: root.seq + 1, running };
  const at = clock.now();
  const events = done.map(({ plan }) => deploymentSuccess(plan, at));
  const deployments = done.map(({ plan: { id, version } }): DeploymentRecord => {
    return { id, version, end: { at, outcome: 'succeeded' } };
  });
  await state.definitions.swapRoot(next, rev, { ...quietly(events), deployments });
}

/**
 * Moves every running deployment past the steps that are done, announcing each. True when something moved: the next
 * step has duties of its own, or a deployment ended and unlocked its run specs.
 */
export async function advanceDeployments(deps: TickDeps, snapshot: Snapshot, workbench: Workbench): Promise<boolean> {
  const { state, clock } = deps;
  const instances = workbench.byRunSpec();
  const finished: RunningDeployment[] = [];
  let moved = false;
  for (const deployment of snapshot.deployments) {
    const { plan, progress, step } = deployment;
    const now = clock.now();
    if (step >= plan.steps.length) {
      finished.push(deployment);
      continue;
    }
    const readable = plan.affected.every((id) => snapshot.runSpecs.has(id));
    const done = readable && progress.value !== undefined && isStepDone(deployment, snapshot.specs, instances);
    if (progress.value !== undefined && !done) continue;
    const next = done ? step + 1 : step;
    const events = [
      ...(done ? [...(await checksEnd(state, deployment, now)), ...stepEnded(deployment, now)] : []),
      ...stepStarted({ plan, step: next }, snapshot.specs, now),
    ];
    moved = true;
    const began = [...(progress.value?.began ?? []), now];
    await state.definitions.putProgress(plan.id, { step: next, began }, progress.rev, quietly(events));
  }
  if (finished.length > 0) {
    await finish(deps, snapshot, finished);
    moved = true;
  }
  return moved;
}
