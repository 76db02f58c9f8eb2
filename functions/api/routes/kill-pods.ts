import * as z from 'zod';
import { notValid, pathNotFound, taskNotFound } from '../../../lib/errors/catalogue.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import { readJson } from '../../../lib/schema/wire/read-json.ts';
import { loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { accepted } from '../accepted.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { killInstances } from '../kill-instances.ts';
import { instancesOf } from '../present-apps.ts';
import { podSpecsOf } from '../present-pods.ts';
import { presentKilledInstance } from '../presenters/pod-instance.ts';
import { readBody } from '../read-body.ts';
import { checkPodId, type OfPod } from './read-pods.ts';

const INSTANCE_ID = /^[^/]+\.(?:instance-|marathon-)[^./]+$/;
const NO_INSTANCE_ID = "must fully match regular expression '^(.+)\\.(instance-|marathon-)([^\\.]+)$'";

/** The body of `DELETE /v2/pods/{id}::instances`. */
export const instanceIds = z.array(z.string());

/** Kills those of the ids that are instances of the pod; answers them as they were. */
async function kill(deps: ApiDeps, id: PathId, ids: ReadonlySet<string>) {
  checkPodId(id);
  if ([...ids].some((text) => !INSTANCE_ID.test(text))) throw notValid([{ path: '/', errors: [NO_INSTANCE_ID] }]);
  const pod = await (await loadDefinitions(deps.state)).findPod(id);
  if (pod === undefined) throw pathNotFound(id);
  const killed: readonly Instance[] = (await instancesOf(deps, id)).filter((instance) => ids.has(instance.id));
  const specs = await podSpecsOf(deps, pod, killed);
  await killInstances(deps, killed);
  return killed.map((instance) => presentKilledInstance(specs.get(instance.runSpecHash) ?? pod.spec, instance));
}

/** `DELETE /v2/pods/{id}::instances`: ids that are not there are passed over. */
export async function killPodInstances(deps: ApiDeps, request: ApiRequest, { podId }: OfPod): Promise<ApiResponse> {
  const { value: ids } = accepted(readJson(instanceIds, readBody(request)));
  return { status: 200, json: await kill(deps, podId, new Set(ids)) };
}

/** `DELETE /v2/pods/{id}::instances/{instanceId}`. */
export async function killPodInstance(
  deps: ApiDeps,
  _request: ApiRequest,
  { podId, instanceId }: OfPod & { readonly instanceId: string },
): Promise<ApiResponse> {
  const [killed] = await kill(deps, podId, new Set([instanceId]));
  if (killed === undefined) throw taskNotFound(instanceId);
  return { status: 200, json: killed };
}
