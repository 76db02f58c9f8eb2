import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { restoreSnapshot } from '../lib/flight-record/recorded-inputs.ts';
import { type ReadablePlan, readPlan, recordPlan } from '../lib/flight-record/recorded-plan.ts';
import { digestOf, type FlightData } from '../lib/flight-record/tick-record.ts';
import { isSameJson } from '../lib/model/same-json.ts';
import { planSchedule } from '../lib/placement/plan-schedule.ts';

const answered = z.object({ at: z.string(), digest: z.string(), data: z.string().optional() });
const refused = z.object({ message: z.string() });

export interface Replay {
  readonly isSame: boolean;
  /** For people. */
  readonly lines: readonly string[];
}

/** The recorded pass, or why there is none. */
async function fetchTick(url: string, id: string): Promise<z.output<typeof answered> | string> {
  const address = `${url.replace(/\/+$/, '')}/stride/v1/ticks/${encodeURIComponent(id)}?embed=data`;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(address);
    body = await response.json();
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    const why = cause instanceof Error && cause.message !== '' ? cause.message : message;
    return `${url} gives no answer that can be read (${why}): is Stride there? --url URL names another place.`;
  }
  if (response.ok) return answered.parse(body);
  const { data } = refused.safeParse(body);
  return `${response.status}: ${data?.message ?? JSON.stringify(body)}`;
}

const summary = ({ placements, unplaced }: ReadablePlan): string =>
  `${placements.length} placed, ${unplaced.reduce((sum, { instances }) => sum + instances.length, 0)} not`;

/** Each placement and each reason that one of the plans has and the other has not. */
function differences(before: ReadablePlan, after: ReadablePlan): readonly string[] {
  const linesOf = ({ placements, unplaced }: ReadablePlan) => [
    ...placements.map(
      ({ instance, agent, hostPorts, disks = [] }) =>
        `${instance} on ${agent}, ports ${JSON.stringify(hostPorts)}${disks.length > 0 ? `, disks ${JSON.stringify(disks)}` : ''}`,
    ),
    ...unplaced.map(({ instances, byRule }) => `${instances.join(' ')} refused ${JSON.stringify(byRule)}`),
  ];
  const [recorded, made] = [linesOf(before), linesOf(after)];
  const [known, found] = [new Set(recorded), new Set(made)];
  return [
    ...recorded.filter((line) => !found.has(line)).map((line) => `- ${line}`),
    ...made.filter((line) => !known.has(line)).map((line) => `+ ${line}`),
  ];
}

/** Makes the plan of a recorded pass again. `url`: of the API. */
export async function replay(url: string, id: string): Promise<Replay> {
  const tick = await fetchTick(url, id);
  if (typeof tick === 'string') return { isSame: false, lines: [tick] };
  if (tick.data === undefined) {
    return { isSame: false, lines: [`Pass ${id} kept no inputs: nothing was to be placed, or it was too much.`] };
  }
  // The digest says below that these are the scheduler's own words.
  const { inputs, plan } = JSON.parse(gunzipSync(Buffer.from(tick.data, 'base64')).toString('utf8')) as FlightData;
  if (digestOf(inputs) !== tick.digest) return { isSame: false, lines: ['The inputs are not those of the digest.'] };
  const snapshot = restoreSnapshot(inputs);
  const before = readPlan(plan, snapshot);
  const after = readPlan(recordPlan(planSchedule(snapshot), snapshot), snapshot);
  if (isSameJson(before, after))
    return { isSame: true, lines: [`Pass of ${tick.at}: the same plan, ${summary(after)}.`] };
  return {
    isSame: false,
    lines: [
      `Pass of ${tick.at}: recorded ${summary(before)}; made again ${summary(after)}.`,
      ...differences(before, after),
    ],
  };
}
