import pMap from 'p-map';
import { notQueued, tryAgain } from '../../../lib/errors/catalogue.ts';
import type { Agent } from '../../../lib/model/agent.ts';
import type { AgentId } from '../../../lib/model/ids.ts';
import { type Instance, isScheduled } from '../../../lib/model/instance.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import { resetDelay } from '../../../lib/queue/launch-queue-entry.ts';
import { placeable } from '../../../lib/state/agents.ts';
import { queue } from '../answers/queue.ts';
import { type DefinitionsView, loadDefinitions } from '../definitions-view.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { presentQueueItem, type QueueItem } from '../presenters/queue.ts';
import { presentUnusedOffers } from '../presenters/unused-offer.ts';
import { texts } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';

const READS_AT_ONCE = 64;
/** The tick writes the same item; a lost race is a fresh read. */
const ATTEMPTS = 8;

/** Waits for a launch, for the end of its delay, or for the first news of its task. */
const isWaiting = (instance: Instance): boolean =>
  isScheduled(instance) || (instance.goal === 'Running' && instance.condition === 'Provisioned');

async function waitingOf({ state }: ApiDeps, id: PathId): Promise<readonly Instance[]> {
  return (await state.instances.list(id)).map(({ value }) => value).filter(isWaiting);
}

/** Where something may wait: what the tick has still to look at, and what deployments are about to change. */
async function candidates({ state }: ApiDeps, view: DefinitionsView): Promise<ReadonlySet<PathId>> {
  const [marks, plans] = await Promise.all([state.coordination.listDirty(), view.runningPlans()]);
  return new Set([...marks.map(({ runSpec }) => runSpec), ...plans.flatMap(({ affected }) => affected)]);
}

async function agentsById({ state }: ApiDeps): Promise<ReadonlyMap<AgentId, Agent>> {
  return new Map(placeable(await state.agents.list()).map((agent) => [agent.facts.id, agent]));
}

/** `GET /v2/queue`. */
async function listQueue(
  deps: ApiDeps,
  _request: ApiRequest,
  { embed }: { readonly embed: readonly string[] },
): Promise<ApiResponse> {
  const view = await loadDefinitions(deps.state);
  const ids = await candidates(deps, view);
  const [apps, pods] = await Promise.all([view.listApps(ids), view.listPods(ids)]);
  const now = deps.clock.now();
  const offers = await deps.state.offers.list();
  const agents = embed.includes('lastUnusedOffers') ? await agentsById(deps) : undefined;
  const items = await pMap(
    [...apps, ...pods],
    async ({ id, spec }) => {
      const waiting = await waitingOf(deps, id);
      if (waiting.length === 0) return [];
      const backoff = (await deps.state.instances.getQueueEntry(id))?.value.backoff;
      const met = offers.get(id);
      const item: QueueItem = {
        spec,
        waiting,
        now,
        ...(backoff === undefined ? {} : { backoff }),
        ...(met === undefined ? {} : { offers: met }),
      };
      return [presentQueueItem(item, agents === undefined ? undefined : presentUnusedOffers(met, agents))];
    },
    { concurrency: READS_AT_ONCE },
  );
  return { status: 200, json: { queue: items.flat() } };
}

/** `DELETE /v2/queue/{id}/delay`: the next launch is tried at once. */
async function deleteDelay(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId: id }: { readonly appId: PathId },
): Promise<ApiResponse> {
  const { state } = deps;
  if ((await waitingOf(deps, id)).length === 0) throw notQueued(id);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const entry = await state.instances.getQueueEntry(id);
    if (entry?.value.backoff === undefined) return { status: 204 };
    const outbox = { events: [], dirty: [id], wake: true };
    if (await state.instances.putQueueEntry(resetDelay(entry.value), entry.rev, outbox)) return { status: 204 };
  }
  throw tryAgain('The queue changed too often.');
}

/** `/v2/queue` and below. */
export const queueRoutes: readonly Route[] = [
  defineRoute({
    name: 'listQueue',
    method: 'GET',
    path: '/v2/queue',
    summary: 'The apps and pods of which instances wait for a launch, and why.',
    answers: { 200: { description: 'What waits.', schema: queue } },
    query: { embed: texts('The last refusal of each agent.', ['lastUnusedOffers']) },
    handler: listQueue,
  }),
  defineRoute({
    name: 'deleteDelay',
    method: 'DELETE',
    path: '/v2/queue/{appId}/delay',
    summary: 'Ends the delay before the next launch of an app or pod.',
    answers: { 204: { description: 'The next launch is tried at once.' } },
    handler: deleteDelay,
  }),
];
