import { invalidTimestamp, notValid, podNotFound, podNotFoundTwiceEncoded } from '../../../lib/errors/catalogue.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import type { PodSpec } from '../../../lib/model/run-spec.ts';
import { parseTimestamp } from '../../../lib/model/timestamp.ts';
import { renderPod } from '../../../lib/schema/pod/render-pod.ts';
import { pathViolations } from '../../../lib/schema/rules/ids.ts';
import { groupByPath } from '../../../lib/schema/wire/issues.ts';
import { type DefinitionsView, loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { presentPods } from '../present-pods.ts';
import { presentVersions } from '../presenters/app.ts';

export interface OfPod {
  readonly podId: PathId;
}

/** Pods' ids in paths are judged before they are looked for (api-endpoints.md §1.4). */
export function checkPodId(id: PathId): void {
  const violations = pathViolations(id, '/');
  if (violations.length > 0) throw notValid(groupByPath(violations));
}

async function findPod(
  deps: ApiDeps,
  id: PathId,
  absent = podNotFound,
): Promise<{ readonly view: DefinitionsView; readonly pod: CurrentSpec<PodSpec> }> {
  checkPodId(id);
  const view = await loadDefinitions(deps.state);
  const pod = await view.findPod(id);
  if (pod === undefined) throw absent(id);
  return { view, pod };
}

/** `GET /v2/pods`. */
export async function listPods(deps: ApiDeps): Promise<ApiResponse> {
  const pods = await (await loadDefinitions(deps.state)).listPods();
  return { status: 200, json: pods.map(({ spec }) => renderPod(spec)) };
}

/** `GET /v2/pods/::status`. */
export async function listPodStatuses(deps: ApiDeps): Promise<ApiResponse> {
  const view = await loadDefinitions(deps.state);
  return { status: 200, json: await presentPods(deps, view, await view.listPods()) };
}

/** `GET /v2/pods/{id}`. */
export async function getPod(deps: ApiDeps, _request: ApiRequest, { podId }: OfPod): Promise<ApiResponse> {
  const { pod } = await findPod(deps, podId, podNotFoundTwiceEncoded);
  return { status: 200, json: renderPod(pod.spec) };
}

/** `GET /v2/pods/{id}::status`. */
export async function getPodStatus(deps: ApiDeps, _request: ApiRequest, { podId }: OfPod): Promise<ApiResponse> {
  const { view, pod } = await findPod(deps, podId);
  const [status] = await presentPods(deps, view, [pod]);
  return { status: 200, json: status };
}

/** `GET /v2/pods/{id}::versions`. */
export async function listPodVersions(deps: ApiDeps, _request: ApiRequest, { podId }: OfPod): Promise<ApiResponse> {
  const { pod } = await findPod(deps, podId);
  const { versions } = presentVersions([pod.spec.version, ...pod.former.map(({ version }) => version)]);
  return { status: 200, json: versions };
}

/** `GET /v2/pods/{id}::versions/{version}`. */
export async function getPodVersion(
  deps: ApiDeps,
  _request: ApiRequest,
  { podId, version: text }: OfPod & { readonly version: string },
): Promise<ApiResponse> {
  const version = parseTimestamp(text);
  if (version === undefined) throw invalidTimestamp(text);
  const { pod } = await findPod(deps, podId);
  if (pod.spec.version === version) return { status: 200, json: renderPod(pod.spec) };
  const former = pod.former.find((one) => one.version === version);
  const stored =
    former === undefined ? undefined : (await deps.state.definitions.getSpecs([former.hash])).get(former.hash);
  if (stored?.spec.kind !== 'pod') throw podNotFound(podId);
  return { status: 200, json: renderPod(stored.spec) };
}
