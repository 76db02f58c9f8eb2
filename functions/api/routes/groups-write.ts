import { groupExists, groupIdTaken, groupNotFound, notValid } from '../../../lib/errors/catalogue.ts';
import { actionOnWire } from '../../../lib/event/events.ts';
import { removeGroup } from '../../../lib/group/edit-group.ts';
import { updateTree } from '../../../lib/group/tree.ts';
import { type PathId, parentOf, ROOT_ID } from '../../../lib/model/path-id.ts';
import { readGroup, readGroupPatch } from '../../../lib/schema/group/read-group.ts';
import { firstRefusal } from '../../../lib/schema/parse-app.ts';
import { pathViolations } from '../../../lib/schema/rules/ids.ts';
import { type ChangeRequest, commitChange } from '../../runtime/definitions/commit-change.ts';
import { commitRoot } from '../../runtime/definitions/commit-root.ts';
import { accepted } from '../accepted.ts';
import { deploymentAnswer } from '../deployment-answer.ts';
import type { ApiDeps } from '../deps.ts';
import { hasGroup } from '../group-versions.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { readBody } from '../read-body.ts';
import { rehearseChange } from '../rehearse-change.ts';
import { type StartedChange, type Starting, startDeployment } from '../start-deployment.ts';
import { wantedByEdit, wantedGroup } from '../wanted-group.ts';

interface OfGroup {
  readonly groupId: PathId;
}

type Asked = OfGroup & Starting;

/** What a body asks of the group of a path. Throws what either is refused with. */
function requestOf(request: ApiRequest, path: PathId) {
  const refusal = firstRefusal(() => pathViolations(path, '/'));
  if (refusal !== undefined) throw refusal;
  return accepted(readGroup(readBody(request), path)).value;
}

/** `POST /v2/groups` and `POST /v2/groups/{id}`. */
export async function createGroup(
  deps: ApiDeps,
  request: ApiRequest,
  { groupId, ...starting }: Asked,
): Promise<ApiResponse> {
  const asked = requestOf(request, groupId);
  const change: StartedChange = {
    async decide(view) {
      const wanted = await wantedGroup(deps, view, asked);
      if (hasGroup(view.tree.entries, asked.id)) throw groupExists(asked.id);
      if (view.tree.entries.get(asked.id)?.kind === 'app') throw groupIdTaken(asked.id);
      return wanted;
    },
    group: parentOf(groupId),
  };
  return startDeployment(deps, starting, change, (done) => deploymentAnswer(done, 201, { Location: asked.id }));
}

/** `PUT /v2/groups` and `PUT /v2/groups/{id}`: new contents, `scaleBy` or `version`. */
export async function putGroup(
  deps: ApiDeps,
  request: ApiRequest,
  { groupId, force, deadline, dryRun }: Asked,
): Promise<ApiResponse> {
  const asked = requestOf(request, groupId);
  const decide: ChangeRequest['decide'] = (view) => wantedGroup(deps, view, asked);
  if (dryRun) {
    const { steps } = await rehearseChange(deps, decide);
    return { status: 200, json: { steps: steps.map(({ actions }) => ({ actions: actions.map(actionOnWire) })) } };
  }
  return deploymentAnswer(await commitChange(deps, { force, deadline, decide, group: parentOf(groupId) }));
}

/** `DELETE /v2/groups` and `DELETE /v2/groups/{id}`: with all apps and pods below; the root is emptied. */
export async function deleteGroup(
  deps: ApiDeps,
  _request: ApiRequest,
  { groupId, ...starting }: Asked,
): Promise<ApiResponse> {
  const change: StartedChange = {
    async decide(view) {
      if (!hasGroup(view.tree.entries, groupId)) throw groupNotFound(groupId);
      return wantedByEdit(view, removeGroup(groupId, view.tree.entries), (spec: never) => spec);
    },
    group: parentOf(groupId),
  };
  return startDeployment(deps, starting, change, (done) => deploymentAnswer(done));
}

/** `PATCH /v2/groups/{id}`: sets `enforceRole`. No deployment, no new version, an empty answer. */
export async function patchGroup(deps: ApiDeps, request: ApiRequest, { groupId }: OfGroup): Promise<ApiResponse> {
  const { enforceRole } = accepted(readGroupPatch(readBody(request))).value;
  if (groupId === ROOT_ID || parentOf(groupId) !== ROOT_ID) {
    throw notValid([{ path: '/', errors: ['Path needs to be top-level'] }]);
  }
  await commitRoot(deps, {
    async decide({ root: { value: root }, tree }) {
      const group = tree.entries.get(groupId);
      if (group?.kind !== 'group') throw groupNotFound(groupId);
      const changed = updateTree(root.tree, tree.nodes, new Map([[groupId, { ...group, enforceRole }]]));
      await Promise.all([...changed.written].map(([hash, node]) => deps.state.definitions.putNode(hash, node)));
      const [latest, ...others] = root.recent;
      const recent = latest === undefined ? [] : [{ ...latest, tree: changed.root }, ...others];
      return {
        root: { ...root, seq: root.seq + 1, tree: changed.root, recent },
        outbox: { events: [], dirty: [], wake: false },
        value: changed.root,
      };
    },
    isCommitted: (root, tree) => root.tree === tree,
  });
  return { status: 200 };
}
