import { given } from '../../../lib/schema/given.ts';
import { type DefinitionsView, loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { deploymentHistory } from '../answers/deployment-history.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { pageQuery, pageStart } from '../page-start.ts';
import { type KnownDeployment, type PresentWork, presentPastDeployment } from '../presenters/deployment-history.ts';
import { defineRoute, type Route } from '../route.ts';
import { readWaiting } from '../waiting-work.ts';

const A_PAGE = 50;

/** What the present steps of those that run are about. */
async function presentWork(
  deps: ApiDeps,
  view: DefinitionsView,
  known: readonly KnownDeployment[],
): Promise<PresentWork> {
  const busy = known.flatMap(({ plan, began, runs }) => {
    const present = runs ? plan.steps[began.length - 1] : undefined;
    return present?.actions.map(({ runSpec }) => runSpec) ?? [];
  });
  const found = await readWaiting(deps, view, new Set(busy));
  const instances = new Map([...found].map(([id, one]) => [id, one.instances]));
  // What a step stops has no definition any more.
  for (const id of busy) {
    if (!found.has(id))
      instances.set(
        id,
        (await deps.state.instances.list(id)).map(({ value }) => value),
      );
  }
  return { specs: new Map([...found].map(([id, { current }]) => [id, current.spec])), instances };
}

/** `GET /stride/v1/deployments`. Records are read before the root: what is in neither state is about to be recorded. */
async function listHistory(
  deps: ApiDeps,
  _request: ApiRequest,
  { after }: { readonly after: string | undefined },
): Promise<ApiResponse> {
  const { state, clock } = deps;
  const { records, next } = await state.deploymentHistory.list(A_PAGE, pageStart(after));
  const view = await loadDefinitions(state);
  const read = await Promise.all(
    records.map(async (record): Promise<readonly KnownDeployment[]> => {
      const [plan, progress] = await Promise.all([
        state.definitions.getPlan(record.id),
        state.definitions.getProgress(record.id),
      ]);
      const runs = record.end === undefined && record.id in view.root.value.running;
      return plan === undefined ? [] : [{ record, plan, runs, began: progress.value?.began ?? [] }];
    }),
  );
  const known = read.flat();
  const work = await presentWork(deps, view, known);
  const deployments = known.map((one) => presentPastDeployment(one, work, clock.now()));
  return { status: 200, json: given({ deployments, next }) };
}

/** What became of deployments, and what those that run wait for. */
export const deploymentHistoryRoutes: readonly Route[] = [
  defineRoute({
    name: 'listDeploymentHistory',
    method: 'GET',
    path: '/stride/v1/deployments',
    summary: 'The deployments that run, with what they wait for, and those that ended in the last thirty days.',
    answers: {
      200: { description: `${A_PAGE} of them, a moment after they began or ended.`, schema: deploymentHistory },
    },
    refuses: [422],
    query: pageQuery,
    handler: listHistory,
  }),
];
