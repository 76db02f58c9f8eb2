import pMap from 'p-map';
import type { DeploymentPlan } from '../../lib/model/deployment.ts';
import type { DeploymentId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../lib/model/root.ts';
import type { AppSpec } from '../../lib/model/run-spec.ts';
import type { DefinitionsView } from '../runtime/definitions/definitions-view.ts';
import type { ApiDeps } from './deps.ts';
import { ofKeptTexts } from './json-text.ts';
import type { AppStatus } from './presenters/app.ts';
import type { AppEmbed, AppEmbeds } from './presenters/app-embeds.ts';
import { createAppView, type ShownApp } from './show-app.ts';

const READS_AT_ONCE = 64;
/** Up to so many apps are asked for their instances without a look into the launch queue. */
const LOOKED_AT_ONE_BY_ONE = 32;

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

/**
 * Those of the apps that may have instances or a failure. Many at once are looked up in the launch queue, whose entry
 * is there before the first instance and goes after the last (ADR 5): a few reads instead of one for each app.
 */
async function launchedAmong<A extends { readonly id: PathId }>(
  { state }: ApiDeps,
  apps: readonly A[],
): Promise<readonly A[]> {
  if (apps.length <= LOOKED_AT_ONE_BY_ONE) return apps;
  const queued = new Set(await state.instances.listQueue());
  return apps.filter(({ id }) => queued.has(id));
}

/** The instances of each app that has been launched. */
export async function instancesById(
  deps: ApiDeps,
  apps: readonly CurrentSpec<AppSpec>[],
): Promise<ReadonlyMap<PathId, readonly Instance[]>> {
  const launched = await launchedAmong(deps, apps);
  const found = await pMap(launched, async ({ id }) => [id, await instancesOf(deps, id)] as const, {
    concurrency: READS_AT_ONCE,
  });
  return new Map(found);
}

/** What is known of the apps that have been launched. */
async function statusesOf(
  deps: ApiDeps,
  apps: readonly CurrentSpec<AppSpec>[],
  embeds: AppEmbeds,
): Promise<ReadonlyMap<PathId, Pick<AppStatus, 'instances' | 'lastTaskFailure'>>> {
  const ofInstances = OF_INSTANCES.some((embed) => embeds.has(embed));
  const ofFailures = embeds.has('lastTaskFailure');
  if (!ofInstances && !ofFailures) return new Map();
  const statuses = await pMap(
    await launchedAmong(deps, apps),
    async ({ id }) => {
      const [instances, entry] = await Promise.all([
        ofInstances ? instancesOf(deps, id) : [],
        ofFailures ? deps.state.instances.getQueueEntry(id) : undefined,
      ]);
      const failure = entry?.value.lastTaskFailure;
      return [id, { instances, ...(failure === undefined ? {} : { lastTaskFailure: failure }) }] as const;
    },
    { concurrency: READS_AT_ONCE },
  );
  return new Map(statuses);
}

/** Apps with the embeds asked for, in the order given; reads only what these embeds show. */
export async function presentApps(
  deps: ApiDeps,
  view: DefinitionsView,
  apps: readonly CurrentSpec<AppSpec>[],
  embeds: AppEmbeds,
): Promise<readonly ShownApp[]> {
  const deployments = deploymentsById(embeds.has('deployments') ? await view.runningPlans() : []);
  const statuses = await statusesOf(deps, apps, embeds);
  const showApp = createAppView(embeds);
  const idle: AppStatus = { instances: [], deployments: [], now: deps.clock.now() };
  const shown = apps.map(({ id, spec }) => {
    const [status, running] = [statuses.get(id), deployments.get(id)];
    if (status === undefined && running === undefined) return showApp(spec, idle);
    return showApp(spec, { ...idle, ...status, ...(running === undefined ? {} : { deployments: running }) });
  });
  return ofKeptTexts(shown);
}
