import pMap from 'p-map';
import type { DeploymentPlan } from '../../lib/model/deployment.ts';
import type { DeploymentId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../lib/model/root.ts';
import type { AppSpec } from '../../lib/model/run-spec.ts';
import type { DefinitionsView } from './definitions-view.ts';
import type { ApiDeps } from './deps.ts';
import { type AppStatus, presentApp } from './presenters/app.ts';
import type { AppEmbed, AppEmbeds } from './presenters/app-embeds.ts';

const READS_AT_ONCE = 64;

/** What is told of an app's instances. */
const OF_INSTANCES: readonly AppEmbed[] = ['counts', 'readiness', 'tasks', 'taskStats'];

/** All instances of an app, of every version. */
export async function instancesOf({ state }: ApiDeps, id: PathId): Promise<readonly Instance[]> {
  return (await state.instances.list(id)).map(({ value }) => value);
}

/** The running deployments that affect each run spec. */
function deploymentsById(plans: readonly DeploymentPlan[]): ReadonlyMap<PathId, readonly DeploymentId[]> {
  const found = new Map<PathId, DeploymentId[]>();
  for (const plan of plans) {
    for (const id of plan.affected) {
      const others = found.get(id);
      if (others === undefined) found.set(id, [plan.id]);
      else others.push(plan.id);
    }
  }
  return found;
}

async function statusOf(
  deps: ApiDeps,
  id: PathId,
  deployments: readonly DeploymentId[],
  embeds: AppEmbeds,
): Promise<AppStatus> {
  const [instances, entry] = await Promise.all([
    OF_INSTANCES.some((embed) => embeds.has(embed)) ? instancesOf(deps, id) : [],
    embeds.has('lastTaskFailure') ? deps.state.instances.getQueueEntry(id) : undefined,
  ]);
  const failure = entry?.value.lastTaskFailure;
  return {
    instances,
    deployments,
    now: deps.clock.now(),
    ...(failure === undefined ? {} : { lastTaskFailure: failure }),
  };
}

/** Apps with the embeds asked for, in the order given; reads only what these embeds show. */
export async function presentApps(
  deps: ApiDeps,
  view: DefinitionsView,
  apps: readonly CurrentSpec<AppSpec>[],
  embeds: AppEmbeds,
) {
  const deployments = deploymentsById(embeds.has('deployments') ? await view.runningPlans() : []);
  return pMap(
    apps,
    async ({ id, spec }) => presentApp(spec, await statusOf(deps, id, deployments.get(id) ?? [], embeds), embeds),
    { concurrency: READS_AT_ONCE },
  );
}
