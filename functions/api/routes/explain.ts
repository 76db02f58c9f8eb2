import * as z from 'zod';
import { appNotFound, groupNotFound } from '../../../lib/errors/catalogue.ts';
import { launchObstacles } from '../../../lib/launch/launch-obstacles.ts';
import { isScheduled } from '../../../lib/model/instance.ts';
import { isWithin, type PathId, ROOT_ID } from '../../../lib/model/path-id.ts';
import type { RunSpec } from '../../../lib/model/run-spec.ts';
import { launchDelay } from '../../../lib/queue/launch-delay.ts';
import { given } from '../../../lib/schema/given.ts';
import { renderPod } from '../../../lib/schema/pod/render-pod.ts';
import { podSchema } from '../../../lib/schema/pod/wire/pod.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';
import { appSchema } from '../../../lib/schema/wire/app.ts';
import { type DefinitionsView, loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { explain, simulation } from '../answers/explain.ts';
import type { ApiDeps } from '../deps.ts';
import { explainPlan } from '../explain-plan.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { flag } from '../query.ts';
import { readBody } from '../read-body.ts';
import { rehearse } from '../rehearse-change.ts';
import { defineRoute, type Route } from '../route.ts';
import { firstStep, wantedDefinition } from '../simulate-change.ts';
import { candidates, readWaiting } from '../waiting-work.ts';
import { wildcardGroup } from './read-apps.ts';

/** The apps and pods that an id stands for, which may end in `*`. */
function idsOf({ tree }: DefinitionsView, id: PathId): ReadonlySet<PathId> {
  const kindOf = (one: PathId) => tree.entries.get(one)?.kind;
  const group = wildcardGroup(id);
  if (group === undefined) {
    if (kindOf(id) !== 'app' && kindOf(id) !== 'pod') throw appNotFound(id);
    return new Set([id]);
  }
  if (group !== ROOT_ID && kindOf(group) !== 'group') throw groupNotFound(group);
  return new Set([...tree.entries.keys()].filter((one) => kindOf(one) !== 'group' && isWithin(one, group)));
}

const presentObstacles = (spec: RunSpec) => launchObstacles(spec).map(({ field, text }) => ({ path: field, text }));

/** `GET /stride/v1/explain/{id}`. */
async function explainRunSpecs(
  deps: ApiDeps,
  _request: ApiRequest,
  { runSpecId }: { readonly runSpecId: PathId },
): Promise<ApiResponse> {
  const view = await loadDefinitions(deps.state);
  const asked = idsOf(view, runSpecId);
  const [others, plans] = await Promise.all([candidates(deps, view), view.runningPlans()]);
  const known = await readWaiting(deps, view, new Set([...others, ...asked]));
  const explained = await explainPlan(deps, known, asked);
  const runSpecs = [...asked].flatMap((id) => {
    const runSpec = known.get(id);
    if (runSpec === undefined) return [];
    const { current, instances, entry } = runSpec;
    const one = {
      id,
      waiting: instances.filter(isScheduled).length,
      delay: launchDelay(entry?.backoff, deps.clock.now()),
      deployments: plans.filter(({ affected }) => affected.includes(id)).map((plan) => plan.id),
      obstacles: presentObstacles(current.spec),
      launchRate: explained.rates.get(id),
      unplaced: explained.unplaced.get(id) ?? [],
    };
    return [given(one)];
  });
  return { status: 200, json: { runSpecs, lacking: explained.lacking } };
}

/** `POST /stride/v1/simulate`. */
async function simulate(
  deps: ApiDeps,
  request: ApiRequest,
  { partialUpdate }: { readonly partialUpdate: boolean },
): Promise<ApiResponse> {
  const view = await loadDefinitions(deps.state);
  const wanted = await wantedDefinition(deps, view, readBody(request), partialUpdate);
  const { id } = wanted;
  const change = rehearse(deps, view, [wanted]);
  const known = await readWaiting(deps, view, new Set([...(await candidates(deps, view)), id]));
  const { runSpec, created, stopped } = firstStep(deps, change, id, known.get(id));
  const { placements, rates, unplaced, lacking } = await explainPlan(
    deps,
    new Map([...known, [id, runSpec]]),
    new Set([id]),
  );
  const { spec } = runSpec.current;
  const answer = {
    ...(spec.kind === 'app' ? { app: renderApp(spec) } : { pod: renderPod(spec) }),
    starts: created.size,
    stops: stopped,
    obstacles: presentObstacles(spec),
    placements: placements.get(id) ?? [],
    launchRate: rates.get(id),
    unplaced: unplaced.get(id) ?? [],
    lacking,
  };
  return { status: 200, json: given(answer) };
}

/** Why something waits, and what a change would do: the tick's own decisions, without what follows from them. */
export const explainRoutes: readonly Route[] = [
  defineRoute({
    name: 'explain',
    method: 'GET',
    path: '/stride/v1/explain/{runSpecId}',
    summary: 'Why instances of an app or pod wait, and what would end it.',
    answers: { 200: { description: 'What waits of each, and the capacity that all of it lacks.', schema: explain } },
    handler: explainRunSpecs,
  }),
  defineRoute({
    name: 'simulate',
    method: 'POST',
    path: '/stride/v1/simulate',
    summary: 'What would happen now if an app or pod were created or changed so; changes nothing.',
    answers: {
      200: { description: 'Placements of its first step, and why the others would wait.', schema: simulation },
    },
    body: z.union([appSchema, podSchema]),
    refuses: [404],
    query: { partialUpdate: flag(true, 'Of an app that is there: change only the fields that are given.') },
    handler: simulate,
  }),
];
