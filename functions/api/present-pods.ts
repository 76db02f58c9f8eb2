import pMap from 'p-map';
import type { DeploymentPlan } from '../../lib/model/deployment.ts';
import type { ContentHash } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { CurrentSpec } from '../../lib/model/root.ts';
import type { PodSpec } from '../../lib/model/run-spec.ts';
import type { DefinitionsView } from '../runtime/definitions/definitions-view.ts';
import type { ApiDeps } from './deps.ts';
import { instancesOf } from './present-apps.ts';
import { type PodStatus, presentPodStatus } from './presenters/pod-status.ts';

const READS_AT_ONCE = 64;

/** The definitions that instances of a pod were made from. */
export async function podSpecsOf(
  { state }: ApiDeps,
  pod: CurrentSpec<PodSpec>,
  instances: readonly Instance[],
): Promise<ReadonlyMap<ContentHash, PodSpec>> {
  const former = new Set(instances.map(({ runSpecHash }) => runSpecHash).filter((hash) => hash !== pod.hash));
  const stored = await state.definitions.getSpecs([...former]);
  const found = [...stored].flatMap(([hash, { spec }]) => (spec.kind === 'pod' ? [[hash, spec] as const] : []));
  return new Map([[pod.hash, pod.spec], ...found]);
}

async function statusOf(
  deps: ApiDeps,
  pod: CurrentSpec<PodSpec>,
  plans: readonly DeploymentPlan[],
): Promise<PodStatus> {
  const [instances, entry] = await Promise.all([instancesOf(deps, pod.id), deps.state.instances.getQueueEntry(pod.id)]);
  const failure = entry?.value.lastTaskFailure;
  const actions = plans.flatMap(({ steps }) => steps.flatMap((step) => step.actions));
  return {
    instances,
    specs: await podSpecsOf(deps, pod, instances),
    stopping: actions.some(({ kind, runSpec }) => kind === 'stop' && runSpec === pod.id),
    now: deps.clock.now(),
    ...(failure === undefined ? {} : { lastTaskFailure: failure }),
  };
}

/** Pods with how their instances are, in the order given: `::status`, and the `pods` of groups. */
export async function presentPods(deps: ApiDeps, view: DefinitionsView, pods: readonly CurrentSpec<PodSpec>[]) {
  const plans = await view.runningPlans();
  return pMap(pods, async (pod) => presentPodStatus(pod.spec, await statusOf(deps, pod, plans)), {
    concurrency: READS_AT_ONCE,
  });
}
