import * as z from 'zod';
import { illegalArgument } from '../../../lib/errors/catalogue.ts';
import { loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { cancelDeployment, undoing } from '../../runtime/definitions/end-deployment.ts';
import { deployment, orRehearsed, started } from '../answers/deployment.ts';
import { deploymentAnswer } from '../deployment-answer.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { presentDeployment } from '../presenters/deployment.ts';
import { dryRun, flag } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';
import { type Starting, startDeployment } from '../start-deployment.ts';

/** `GET /v2/deployments`: those that run, oldest first. */
async function listDeployments({ state }: ApiDeps): Promise<ApiResponse> {
  const view = await loadDefinitions(state);
  const plans = (await view.runningPlans()).toSorted((a, b) => (a.version < b.version ? -1 : 1));
  const shown = await Promise.all(
    plans.map(async (plan) => {
      const progress = await state.definitions.getProgress(plan.id);
      const listed = await Promise.all(
        plan.affected.map(async (id) => [id, (await state.instances.list(id)).map(({ value }) => value)] as const),
      );
      const instances = new Map(listed);
      return presentDeployment(plan, progress.value, (id) => instances.get(id) ?? []);
    }),
  );
  return { status: 200, json: shown };
}

/**
 * `DELETE /v2/deployments/{id}`: undoes it, or with `force` leaves everything as it is. What undoes it has no deadline but
 * one that is asked for: that would bring back what it undoes.
 */
async function deleteDeployment(
  deps: ApiDeps,
  _request: ApiRequest,
  { deploymentId, force, deadline = 'none', dryRun }: Starting & { readonly deploymentId: string },
): Promise<ApiResponse> {
  if (!force) {
    const starting = { force: true, deadline, dryRun };
    return startDeployment(deps, starting, undoing(deps, deploymentId), (done) => deploymentAnswer(done));
  }
  if (dryRun) throw illegalArgument('force ends the deployment and plans nothing: leave out force or dryRun');
  await cancelDeployment(deps, deploymentId);
  return { status: 202 };
}

/** `/v2/deployments` and below. */
export const deploymentRoutes: readonly Route[] = [
  defineRoute({
    name: 'listDeployments',
    method: 'GET',
    path: '/v2/deployments',
    summary: 'The deployments that run.',
    answers: { 200: { description: 'The deployments, oldest first.', schema: z.array(deployment) } },
    handler: listDeployments,
  }),
  defineRoute({
    name: 'deleteDeployment',
    method: 'DELETE',
    path: '/v2/deployments/{deploymentId}',
    summary: 'Undoes a deployment by a new one, or with `force` only ends it.',
    answers: {
      200: orRehearsed({ ...started, description: 'The deployment that undoes it.' }),
      202: { description: 'Ended; everything stays as it is.' },
    },
    refuses: [409, 422],
    query: { force: flag(false, 'End it, and leave everything as it is.'), dryRun },
    handler: deleteDeployment,
  }),
];
