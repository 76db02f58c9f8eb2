import type { PlannedChange, WantedChange } from '../../../lib/deployment/plan-change.ts';
import { podExists, podNotFound } from '../../../lib/errors/catalogue.ts';
import { podEvent } from '../../../lib/event/events.ts';
import type { MarathonEvent } from '../../../lib/model/outbox.ts';
import { type PathId, parentOf } from '../../../lib/model/path-id.ts';
import type { PodDefinition, PodSpec } from '../../../lib/model/run-spec.ts';
import { given } from '../../../lib/schema/given.ts';
import { parsePod } from '../../../lib/schema/pod/parse-pod.ts';
import { renderPod } from '../../../lib/schema/pod/render-pod.ts';
import { commitChange } from '../../runtime/definitions/commit-change.ts';
import { type DefinitionsView, loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { accepted } from '../accepted.ts';
import { deploymentHeader } from '../deployment-answer.ts';
import type { Deadlined } from '../deployment-deadline.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { readBody } from '../read-body.ts';
import { checkPodId, type OfPod } from './read-pods.ts';

interface Forced extends Deadlined {
  readonly force: boolean;
}

type Update = OfPod & Forced;

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

/** The change that a body asks for. `id`: the path's, which the body must repeat. Throws what it is refused with. */
export async function wantedPod(
  deps: ApiDeps,
  view: DefinitionsView,
  body: unknown,
  id?: PathId,
): Promise<WantedChange & { readonly after: PodDefinition }> {
  const before = id === undefined ? undefined : await view.findPod(id);
  const { pod } = accepted(
    parsePod(body, {
      config: deps.config,
      enforcesRole: view.enforcesRole,
      ...given({ id, existingRole: before?.spec.role }),
    }),
  );
  return { id: pod.id, after: pod, ...given({ before }) };
}

/** `POST /v2/pods`. */
export async function createPod(deps: ApiDeps, request: ApiRequest, { force, deadline }: Forced): Promise<ApiResponse> {
  const body = readBody(request);
  const wanted = await wantedPod(deps, await loadDefinitions(deps.state), body);
  const change = await commitChange(deps, {
    force,
    deadline,
    async decide(view) {
      if (view.tree.entries.get(wanted.id)?.kind === 'pod') throw podExists(wanted.id);
      return [wanted];
    },
    group: parentOf(wanted.id),
    events: () => [eventOf(deps, request, 'pod_created_event')],
  });
  const pod = changedPod(change);
  return { status: 201, headers: { ...deploymentHeader(change), Location: pod.id }, json: renderPod(pod) };
}

/** `PUT /v2/pods/{id}`: the whole definition, which is created if need be. */
export async function putPod(
  deps: ApiDeps,
  request: ApiRequest,
  { podId, force, deadline }: Update,
): Promise<ApiResponse> {
  const body = readBody(request);
  const change = await commitChange(deps, {
    force,
    deadline,
    decide: async (view) => [await wantedPod(deps, view, body, podId)],
    group: parentOf(podId),
    events: () => [eventOf(deps, request, 'pod_updated_event')],
  });
  return { status: 200, headers: deploymentHeader(change), json: renderPod(changedPod(change)) };
}

/** `DELETE /v2/pods/{id}`. */
export async function deletePod(
  deps: ApiDeps,
  request: ApiRequest,
  { podId, force, deadline }: Update,
): Promise<ApiResponse> {
  checkPodId(podId);
  const change = await commitChange(deps, {
    force,
    deadline,
    async decide(view) {
      const before = await view.findPod(podId);
      if (before === undefined) throw podNotFound(podId);
      return [{ id: podId, before }];
    },
    group: parentOf(podId),
    events: () => [eventOf(deps, request, 'pod_deleted_event')],
  });
  return { status: 202, headers: { ...deploymentHeader(change), Location: `/${change.plan.id}` } };
}
