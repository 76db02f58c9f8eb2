import * as z from 'zod';
import {
  appNotFound,
  invalidTaskId,
  invalidUuid,
  pathNotFound,
  scaleAndWipe,
  taskNotFound,
} from '../../../lib/errors/catalogue.ts';
import type { InstanceId } from '../../../lib/model/ids.ts';
import { type Instance, isActive } from '../../../lib/model/instance.ts';
import { type PathId, ROOT_ID } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { parseTaskId } from '../../../lib/model/task-id.ts';
import { readJson } from '../../../lib/schema/wire/read-json.ts';
import { loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { accepted } from '../accepted.ts';
import { deploymentAnswer } from '../deployment-answer.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { killInstances } from '../kill-instances.ts';
import { isListed, presentTask } from '../presenters/task.ts';
import { readBody } from '../read-body.ts';
import { type StartedChange, type Starting, startDeployment } from '../start-deployment.ts';

interface KillOptions extends Starting {
  readonly scale: boolean;
  /** Gives up reservations and volumes too; there are none yet, so a kill always does. */
  readonly wipe: boolean;
}

/** An app and those of its instances that a request addresses. */
interface Addressed {
  readonly app: CurrentSpec<AppSpec>;
  readonly instances: readonly Instance[];
}

function checkOptions({ scale, wipe }: KillOptions): void {
  if (scale && wipe) throw scaleAndWipe();
}

async function tasksOf({ state }: ApiDeps, id: PathId): Promise<readonly Instance[]> {
  return (await state.instances.list(id)).map(({ value }) => value).filter(isListed);
}

/** Runs, and nobody has decided yet that it ends: what a kill with `scale` takes off the number of instances. */
const isKillable = ({ goal, condition }: Instance): boolean =>
  goal === 'Running' && isActive(condition) && condition !== 'Killing';

/** One deployment for all apps: each is lowered by what is killed of it, and exactly these go. */
function killAndScale(
  deps: ApiDeps,
  killed: ReadonlyMap<PathId, readonly Instance[]>,
  options: KillOptions,
): Promise<ApiResponse> {
  const change: StartedChange = {
    async decide(view) {
      const apps = await view.listApps(new Set(killed.keys()));
      return apps.map((before) => {
        const kill = (killed.get(before.id) ?? []).filter(isKillable).map(({ id }) => id);
        const instances = Math.max(0, before.spec.instances - kill.length);
        return { id: before.id, before, after: { ...before.spec, instances }, kill };
      });
    },
    group: ROOT_ID,
  };
  return startDeployment(deps, options, change, (done) => deploymentAnswer(done));
}

const present = ({ app, instances }: Addressed) => instances.map((instance) => presentTask(instance, app.spec));

async function findApp(deps: ApiDeps, id: PathId): Promise<CurrentSpec<AppSpec>> {
  const app = await (await loadDefinitions(deps.state)).findApp(id);
  if (app === undefined) throw appNotFound(id);
  return app;
}

/** `DELETE /v2/apps/{id}/tasks`: those of one host, or all. */
export async function killAppTasks(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId, host = '*', ...options }: KillOptions & { readonly appId: PathId; readonly host: string | undefined },
): Promise<ApiResponse> {
  checkOptions(options);
  const instances = await tasksOf(deps, appId);
  const addressed = instances.filter(({ agent }) => host === '*' || agent?.host === host);
  if (options.scale) {
    if (instances.length === 0) throw pathNotFound(appId);
    return killAndScale(deps, new Map([[appId, addressed]]), options);
  }
  const app = await findApp(deps, appId);
  if (!options.dryRun) await killInstances(deps, addressed);
  return { status: 200, json: { tasks: present({ app, instances: addressed }) } };
}

/** `DELETE /v2/apps/{id}/tasks/{taskId}`: a task's id stands for its whole instance. */
export async function killAppTask(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId, taskId, ...options }: KillOptions & { readonly appId: PathId; readonly taskId: string },
): Promise<ApiResponse> {
  checkOptions(options);
  const task = parseTaskId(taskId);
  const instances = await tasksOf(deps, appId);
  const instance = task.kind === 'instance' ? instances.find(({ id }) => id === task.instance) : undefined;
  if (options.scale) {
    if (instances.length === 0) throw pathNotFound(appId);
    const killed = new Map([[appId, instance === undefined ? [] : [instance]]]);
    return killAndScale(deps, killed, options);
  }
  const app = await findApp(deps, appId);
  if (instance === undefined) throw taskNotFound(taskId);
  if (!options.dryRun) await killInstances(deps, [instance]);
  return { status: 200, json: { task: presentTask(instance, app.spec) } };
}

/** The body of `POST /v2/tasks/delete`. */
export const killBody = z.object({ ids: z.array(z.string()) });

/** The instances that task ids name, by run spec. Throws Marathon's 400 and 422 for ids that are none. */
function addressedBy(ids: readonly string[]): ReadonlyMap<PathId, ReadonlySet<InstanceId>> {
  const found = new Map<PathId, Set<InstanceId>>();
  for (const id of ids) {
    const task = parseTaskId(id);
    if (task.kind === 'malformed') throw invalidTaskId(id);
    if (task.kind === 'badUuid') throw invalidUuid(task.text);
    if (task.kind === 'instance') found.set(task.runSpec, (found.get(task.runSpec) ?? new Set()).add(task.instance));
  }
  return found;
}

/** `POST /v2/tasks/delete`: tasks that are not there, and those of pods, are passed over. */
export async function killTasks(deps: ApiDeps, request: ApiRequest, options: KillOptions): Promise<ApiResponse> {
  checkOptions(options);
  const wanted = addressedBy(accepted(readJson(killBody, readBody(request))).value.ids);
  const apps = await (await loadDefinitions(deps.state)).listApps(new Set(wanted.keys()));
  const addressed = await Promise.all(
    apps.map(async (app): Promise<Addressed> => {
      const instances = await tasksOf(deps, app.id);
      return { app, instances: instances.filter(({ id }) => wanted.get(app.id)?.has(id)) };
    }),
  );
  if (options.scale) {
    const killed = new Map(addressed.map(({ app, instances }) => [app.id, instances]));
    return killAndScale(deps, killed, options);
  }
  const instances = addressed.flatMap((one) => one.instances);
  if (!options.dryRun) await killInstances(deps, instances);
  return { status: 200, json: { tasks: addressed.flatMap(present) } };
}
