import { tickNotFound } from '../../../lib/errors/catalogue.ts';
import { restoreSnapshot } from '../../../lib/flight-record/recorded-inputs.ts';
import { readPlan } from '../../../lib/flight-record/recorded-plan.ts';
import type { FlightData, TickRecord } from '../../../lib/flight-record/tick-record.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { given } from '../../../lib/schema/given.ts';
import { unpackJson } from '../../runtime/packed-json.ts';
import { tick, tickList } from '../answers/ticks.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { pageQuery, pageStart } from '../page-start.ts';
import { texts } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';

const A_PAGE = 100;

const presentRecord = ({ at, ...record }: TickRecord) => ({ ...record, at: toTimestamp(at) });

/** `GET /stride/v1/ticks`. */
async function listTicks(
  { state }: ApiDeps,
  _request: ApiRequest,
  { after }: { readonly after: string | undefined },
): Promise<ApiResponse> {
  const { records, next } = await state.ticks.list(A_PAGE, pageStart(after));
  return { status: 200, json: given({ ticks: records.map(presentRecord), next }) };
}

/** `GET /stride/v1/ticks/{tickId}`. */
async function getTick(
  { state }: ApiDeps,
  _request: ApiRequest,
  { tickId, embed }: { readonly tickId: string; readonly embed: readonly string[] },
): Promise<ApiResponse> {
  const record = await state.ticks.get(tickId);
  if (record === undefined) throw tickNotFound(tickId);
  const packed = record.replayable ? await state.ticks.getPacked(tickId) : undefined;
  if (packed === undefined) return { status: 200, json: presentRecord(record) };
  // The tick alone writes it; its format is that of the item around it.
  const { inputs, plan } = unpackJson(packed) as FlightData;
  const data = embed.includes('data') ? packed : undefined;
  const answer = { ...presentRecord(record), plan: readPlan(plan, restoreSnapshot(inputs)), data };
  return { status: 200, json: given(answer) };
}

/** What the scheduler did in the last seven days. */
export const tickRoutes: readonly Route[] = [
  defineRoute({
    name: 'listTicks',
    method: 'GET',
    path: '/stride/v1/ticks',
    summary: 'The passes of the scheduler that changed something, of the last seven days.',
    answers: { 200: { description: 'A hundred of them, the newest first.', schema: tickList } },
    refuses: [422],
    query: pageQuery,
    handler: listTicks,
  }),
  defineRoute({
    name: 'getTick',
    method: 'GET',
    path: '/stride/v1/ticks/{tickId}',
    summary: 'One pass of the scheduler with its plan and the reasons in it.',
    answers: { 200: { description: 'What it planned, and why it did not plan more.', schema: tick } },
    query: { embed: texts('`data`: what a replay needs.', ['data']) },
    handler: getTick,
  }),
];
