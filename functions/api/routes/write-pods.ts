import type { PlannedChange } from '../../../lib/deployment/plan-change.ts';
import { podExists, podNotFound } from '../../../lib/errors/catalogue.ts';
import { podEvent } from '../../../lib/event/events.ts';
import type { MarathonEvent } from '../../../lib/model/outbox.ts';
import { parentOf } from '../../../lib/model/path-id.ts';
import type { PodSpec } from '../../../lib/model/run-spec.ts';
import { renderPod } from '../../../lib/schema/pod/render-pod.ts';
import { loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { deploymentHeader } from '../deployment-answer.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { readBody } from '../read-body.ts';
import { type StartedChange, type Starting, startDeployment } from '../start-deployment.ts';
import { wantedPod } from '../wanted-pod.ts';
import { checkPodId, type OfPod } from './read-pods.ts';

type Update = OfPod & Starting;

/** The pod's own event (events.md §2). */
const eventOf = (
  deps: ApiDeps,
  { clientIp, path: uri }: ApiRequest,
  eventType: Parameters<typeof podEvent>[0],
): MarathonEvent => podEvent(eventType, { clientIp, uri }, deps.clock.now());

/** The one pod of a change, as it is stored. */
function changedPod({ after }: PlannedChange): PodSpec {
  const [pod] = after.values();
  if (pod?.kind !== 'pod') throw new Error('a change of a pod without a pod');
  return pod;
}

/** `POST /v2/pods`. */
export async function createPod(deps: ApiDeps, request: ApiRequest, starting: Starting): Promise<ApiResponse> {
  const body = readBody(request);
  const wanted = await wantedPod(deps, await loadDefinitions(deps.state), body);
  const change: StartedChange = {
    async decide(view) {
      if (view.tree.entries.get(wanted.id)?.kind === 'pod') throw podExists(wanted.id);
      return [wanted];
    },
    group: parentOf(wanted.id),
    events: () => [eventOf(deps, request, 'pod_created_event')],
  };
  return startDeployment(deps, starting, change, (done) => {
    const pod = changedPod(done);
    return { status: 201, headers: { ...deploymentHeader(done), Location: pod.id }, json: renderPod(pod) };
  });
}

/** `PUT /v2/pods/{id}`: the whole definition, which is created if need be. */
export async function putPod(deps: ApiDeps, request: ApiRequest, { podId, ...starting }: Update): Promise<ApiResponse> {
  const body = readBody(request);
  const change: StartedChange = {
    decide: async (view) => [await wantedPod(deps, view, body, podId)],
    group: parentOf(podId),
    events: () => [eventOf(deps, request, 'pod_updated_event')],
  };
  return startDeployment(deps, starting, change, (done) => ({
    status: 200,
    headers: deploymentHeader(done),
    json: renderPod(changedPod(done)),
  }));
}

/** `DELETE /v2/pods/{id}`. */
export async function deletePod(
  deps: ApiDeps,
  request: ApiRequest,
  { podId, ...starting }: Update,
): Promise<ApiResponse> {
  checkPodId(podId);
  const change: StartedChange = {
    async decide(view) {
      const before = await view.findPod(podId);
      if (before === undefined) throw podNotFound(podId);
      return [{ id: podId, before }];
    },
    group: parentOf(podId),
    events: () => [eventOf(deps, request, 'pod_deleted_event')],
  };
  return startDeployment(deps, starting, change, (done) => ({
    status: 202,
    headers: { ...deploymentHeader(done), Location: `/${done.plan.id}` },
  }));
}
