import { contentHash } from '../model/content-hash.ts';
import type { ContentHash } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import type { ClusterSnapshot, SchedulePlan } from '../model/schedule.ts';
import type { Instant } from '../model/timestamp.ts';
import { type RecordedInputs, recordInputs } from './recorded-inputs.ts';
import { type RecordedPlan, recordPlan } from './recorded-plan.ts';

/** Agents, and instances that wait or count, of which the inputs are kept: more would cost the ticks too much. */
const MOST_AGENTS = 2_000;
const MOST_INSTANCES = 5_000;

/** What one pass of the scheduler did, in short. */
export interface TickRecord {
  readonly id: string;
  readonly at: Instant;
  readonly fence: number;
  /** It looked at everything, as the timer's ticks do. */
  readonly walk: boolean;
  /** Of the inputs: of all of them when they are kept, else of the ids and versions in them. */
  readonly digest: ContentHash;
  /** Run specs for which instances were created, let go or ended. */
  readonly changed: readonly PathId[];
  readonly agents: number;
  readonly placed: number;
  readonly unplaced: number;
  /** Placements that became launches. */
  readonly launched: number;
  /** Whether inputs and plan are kept: something was to be placed, and it was not too much. */
  readonly replayable: boolean;
}

/** Inputs and plan of a record. */
export interface FlightData {
  readonly inputs: RecordedInputs;
  readonly plan: RecordedPlan;
}

/** The digest of inputs that are kept, by which a reader knows that they are what the tick had. */
export const digestOf = (inputs: RecordedInputs): ContentHash => contentHash(JSON.stringify(inputs));

/** Tells snapshots apart that are too large to keep, or had nothing to place: who is in them, and in which version. */
function digestOfOthers({ agents, pending }: ClusterSnapshot): ContentHash {
  const machines = agents.map(
    ({ facts: { id, version }, held: { resources } }) => `${id} ${version} ${resources.cpus} ${resources.mem}`,
  );
  const launches = pending.map(({ instance, spec }) => `${instance.id} ${instance.incarnation} ${spec.version}`);
  return contentHash(`${machines.join('\n')}\n\n${launches.join('\n')}`);
}

/** What a record keeps of a plan and of what it was made from. */
export interface Flight {
  readonly digest: ContentHash;
  readonly data?: FlightData;
}

/** To be asked before the next plan with the same memory, as the refusals. */
export function flightOf(snapshot: ClusterSnapshot, plan: SchedulePlan): Flight {
  const waiting = snapshot.pending.length;
  const isKept = waiting > 0 && waiting <= MOST_INSTANCES && snapshot.agents.length <= MOST_AGENTS;
  if (!isKept) return { digest: digestOfOthers(snapshot) };
  const inputs = recordInputs(snapshot);
  if (waiting + inputs.counted.length > MOST_INSTANCES) return { digest: digestOfOthers(snapshot) };
  return { digest: digestOf(inputs), data: { inputs, plan: recordPlan(plan, snapshot) } };
}
