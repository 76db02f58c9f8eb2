import { notQueued, tryAgain } from '../../../lib/errors/catalogue.ts';
import type { Agent } from '../../../lib/model/agent.ts';
import type { AgentId } from '../../../lib/model/ids.ts';
import { type Instance, isScheduled } from '../../../lib/model/instance.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import { planSchedule } from '../../../lib/placement/plan-schedule.ts';
import { resetDelay } from '../../../lib/queue/launch-queue-entry.ts';
import { given } from '../../../lib/schema/given.ts';
import { placeable } from '../../../lib/state/agents.ts';
import { loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { queue } from '../answers/queue.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { presentQueueItem, type QueueItem } from '../presenters/queue.ts';
import { presentUnusedOffers } from '../presenters/unused-offer.ts';
import { texts } from '../query.ts';
import { ratesNow } from '../rates-now.ts';
import { defineRoute, type Route } from '../route.ts';
import { candidates, clusterSnapshot, readWaiting } from '../waiting-work.ts';

/** The tick writes the same item; a lost race is a fresh read. */
const ATTEMPTS = 8;

/** Waits for a launch, for the end of its delay, or for the first news of its task. */
const isWaiting = (instance: Instance): boolean =>
  isScheduled(instance) || (instance.goal === 'Running' && instance.condition === 'Provisioned');

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
  const runSpecs = await readWaiting(deps, view, await candidates(deps, view));
  const now = deps.clock.now();
  const offers = await deps.state.offers.list();
  const agents = embed.includes('lastUnusedOffers') ? await agentsById(deps) : undefined;
  const snapshot = embed.includes('launchRate') ? await clusterSnapshot(deps, runSpecs) : undefined;
  const rates = snapshot === undefined ? undefined : await ratesNow(deps, snapshot, planSchedule(snapshot));
  const items = [...runSpecs].flatMap(([id, { current, instances, entry }]) => {
    const waiting = instances.filter(isWaiting);
    if (waiting.length === 0) return [];
    const met = offers.get(id);
    const item: QueueItem = {
      spec: current.spec,
      waiting,
      now,
      ...given({ backoff: entry?.backoff, offers: met, rate: rates?.get(id) }),
    };
    return [presentQueueItem(item, agents === undefined ? undefined : presentUnusedOffers(met, agents))];
  });
  return { status: 200, json: { queue: items } };
}

/** `DELETE /v2/queue/{id}/delay`: the next launch is tried at once. */
async function deleteDelay(
  deps: ApiDeps,
  _request: ApiRequest,
  { appId: id }: { readonly appId: PathId },
): Promise<ApiResponse> {
  const { state } = deps;
  const instances = await state.instances.list(id);
  if (!instances.some(({ value }) => isWaiting(value))) throw notQueued(id);
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
    query: {
      embed: texts(
        '`lastUnusedOffers`: the last refusal of each agent. `launchRate`: when launches come (not in Marathon).',
        ['lastUnusedOffers', 'launchRate'],
      ),
    },
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
