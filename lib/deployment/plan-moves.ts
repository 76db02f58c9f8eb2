import { endReason } from '../instance/ended-task.ts';
import { newInstance } from '../instance/new-instance.ts';
import { type AgentId, type InstanceId, type LaunchId, toAppTaskId, toInstanceId } from '../model/ids.ts';
import { type Condition, type Instance, isScheduled, isTerminal } from '../model/instance.ts';
import type { LaunchQueueEntry } from '../model/launch-queue.ts';
import type { PathId } from '../model/path-id.ts';
import type { CurrentSpec } from '../model/root.ts';
import { isSameJson } from '../model/same-json.ts';
import type { FailureState, TaskFailure } from '../model/task-failure.ts';
import type { Instant } from '../model/timestamp.ts';
import { type FormerInstances, newQueueEntry, observeInstances } from '../queue/launch-queue-entry.ts';
import { type Duty, propose } from './advance.ts';
import { hasLetGo } from './has-let-go.ts';
import type { ScalingProposition } from './scale.ts';

/** Everything that is known of one run spec at one moment. */
export interface RunSpecView {
  readonly id: PathId;
  /** Absent: no definition wants it any more. */
  readonly current?: CurrentSpec;
  readonly entry?: LaunchQueueEntry;
  readonly instances: readonly Instance[];
  /** Agents that are to be emptied: what runs there is replaced elsewhere, then let go. */
  readonly draining?: ReadonlySet<AgentId>;
  /** Absent: locked by a deployment whose present step does not concern it. */
  readonly duty?: Duty;
}

/** What is to be done for one run spec. The entry commits the decisions; the rest carries them out. */
export interface Moves {
  /** To be stored first; undefined: nothing was decided, so nothing is written. */
  readonly entry?: LaunchQueueEntry;
  /** Instances of the entry that are not written yet. */
  readonly create: readonly Instance[];
  /** Instances of the entry whose goal is not changed yet. */
  readonly decommission: readonly InstanceId[];
  /** Ended with goal Running: to wait for their next launch. */
  readonly reschedule: readonly InstanceId[];
  /** Ended for good: records to delete. */
  readonly expunge: readonly Instance[];
}

/** Launches that an instance still shows; the others can be forgotten. */
function stillPresent(launches: readonly LaunchId[], instances: readonly Instance[]): readonly LaunchId[] {
  if (launches.length === 0) return launches;
  const present = new Set(instances.map((instance) => instance.launch?.id));
  return launches.filter((launch) => present.has(launch));
}

/** What each end is remembered as; finishing and being killed are no failures (responses.md §4). */
const FAILURE_STATES: Partial<Record<Condition, FailureState>> = {
  Failed: 'TASK_FAILED',
  Error: 'TASK_ERROR',
  Gone: 'TASK_GONE',
  Dropped: 'TASK_DROPPED',
};

/** A kill for failed health checks is a failure too; other kills are none. */
function failureOf(instance: Instance): Pick<TaskFailure, 'state' | 'message'> | undefined {
  const { condition, unhealthy, termination } = instance;
  if (condition === 'Killed' && unhealthy !== undefined) return { state: 'TASK_KILLED', message: endReason(instance) };
  const state = FAILURE_STATES[condition];
  return state === undefined ? undefined : { state, message: termination?.message ?? '' };
}

function toFailure(instance: Instance): TaskFailure | undefined {
  const failure = failureOf(instance);
  if (failure === undefined) return undefined;
  return {
    runSpec: instance.runSpec,
    task: toAppTaskId(instance.id, instance.incarnation),
    ...failure,
    host: instance.agent?.host ?? 'unknown',
    at: instance.termination?.at ?? instance.since,
    version: instance.runSpecVersion,
    ...(instance.agent === undefined ? {} : { agent: instance.agent.id }),
  };
}

/** Decisions, and counted ends, that one entry holds at most. What is over it waits for the next pass. */
const AT_ONCE = 2_000;
/** Bytes of an item's 400 KB that decisions may take; ends take 80 KB, and what is left is for the rest. */
const DECISION_BYTES = 250_000;

/** What an instance's id has beyond its run spec's, with the quotes and the comma around it. */
const BESIDE_RUN_SPEC = 50;

/** Decisions that fit into an entry: each is an instance id, which begins with its run spec, whose id may be long. */
const mostDecisions = (runSpec: PathId): number =>
  Math.min(AT_ONCE, Math.floor(DECISION_BYTES / (runSpec.length + BESIDE_RUN_SPEC)));

/** The ended instances that wait for their next launch, as many as are dealt with at once. */
function endedOf(instances: readonly Instance[]): readonly Instance[] {
  return instances.filter((one) => isScheduled(one) && isTerminal(one.condition)).slice(0, AT_ONCE);
}

/** The newest failure that the entry has not counted yet, if it is newer than the one it remembers. */
function newFailure(entry: LaunchQueueEntry, instances: readonly Instance[]): TaskFailure | undefined {
  const counted = new Set(entry.counted);
  return instances
    .filter(({ condition, unhealthy }) => condition in FAILURE_STATES || unhealthy !== undefined)
    .filter(({ launch }) => launch !== undefined && !counted.has(launch.id))
    .toSorted((a, b) => b.since - a.since)
    .map(toFailure)
    .filter((failure) => failure !== undefined)
    .find(({ at }) => entry.lastTaskFailure === undefined || at > entry.lastTaskFailure.at);
}

/**
 * The entry of a run spec that is gone. Without one there can still be instances: a tick that stood still made them
 * after all else had ended. They need an entry again, so that letting them go can be decided.
 */
function entryOfGone({ id, entry, instances }: RunSpecView): LaunchQueueEntry | undefined {
  const [first] = instances;
  if (entry !== undefined || first === undefined) return entry;
  return { runSpec: id, configVersion: first.configVersion, counted: [], pending: [], doomed: [] };
}

const formerOf = ({ duty }: RunSpecView): FormerInstances => {
  if (duty === undefined) return 'waiting';
  return duty.kind === 'keep' ? 'kept' : 'replaced';
};

/** The entry with delays and failures as the instances show them; undefined when there is nothing to decide about. */
function observed(view: RunSpecView, now: Instant): LaunchQueueEntry | undefined {
  const { entry, current, instances: all } = view;
  if (current === undefined) return entryOfGone(view);
  const before = entry ?? newQueueEntry(current.spec);
  const ended = new Set(endedOf(all));
  const instances = all.filter((instance) => !isTerminal(instance.condition) || ended.has(instance));
  const failure = newFailure(before, instances);
  const after = observeInstances(before, current.spec, instances, now, formerOf(view));
  return failure === undefined ? after : { ...after, lastTaskFailure: failure };
}

/** The instances as they will be once the entry's decisions are carried out. */
function decided(view: RunSpecView, entry: LaunchQueueEntry, now: Instant): readonly Instance[] {
  if (entry.pending.length + entry.doomed.length === 0) return view.instances;
  const known = new Set(view.instances.map(({ id }) => id));
  const doomed = new Set(entry.doomed);
  const { current } = view;
  const pending =
    current === undefined
      ? []
      : entry.pending.filter((id) => !known.has(id)).map((id) => newInstance(id, current.spec, current.hash, now));
  const present = view.instances.map((instance) =>
    doomed.has(instance.id) ? { ...instance, goal: 'Decommissioned' as const } : instance,
  );
  return [...present, ...pending];
}

const NOTHING: ScalingProposition = { create: 0, decommission: [] };

/** Nothing of it runs any more, so its record can go (scheduling.md: Decommissioned without reservation). */
const isOver = ({ goal, condition }: Instance): boolean =>
  goal === 'Decommissioned' && (isTerminal(condition) || condition === 'Scheduled');

/** What runs on agents that are to be emptied, until it is gone. */
function leavingOf({ instances, draining }: RunSpecView): ReadonlySet<InstanceId> {
  if (draining === undefined || draining.size === 0) return new Set();
  const there = instances.filter((one) => one.agent !== undefined && draining.has(one.agent.id));
  return new Set(there.filter((one) => !isScheduled(one) && !hasLetGo(one)).map(({ id }) => id));
}

/**
 * What one run spec needs now. Decisions that change how many run (new instances, instances to let go) and counted
 * failures go into the queue entry, which the caller stores before anything else: a tick that acts on an old view
 * loses that write and does nothing (ADR 5). Asking again after a crash finishes what the entry holds.
 * `timeUuid`: makes ids of new instances.
 */
export function planMoves(view: RunSpecView, timeUuid: () => string, now: Instant): Moves {
  const counted = observed(view, now);
  if (counted === undefined) return { create: [], decommission: [], reschedule: [], expunge: [] };
  const { current } = view;
  const known = new Map(view.instances.map((instance) => [instance.id, instance]));
  const withDecisions: LaunchQueueEntry = {
    ...counted,
    pending: current === undefined ? [] : counted.pending.filter((id) => !known.has(id)),
    doomed: counted.doomed.filter((id) => (known.get(id)?.goal ?? 'Decommissioned') !== 'Decommissioned'),
  };
  const expected = decided(view, withDecisions, now);
  const proposal = view.duty === undefined ? NOTHING : propose(view.duty, expected, current?.spec, leavingOf(view));
  const decisions = withDecisions.pending.length + withDecisions.doomed.length;
  const room = Math.max(0, mostDecisions(view.id) - decisions);
  const made = Array.from({ length: Math.min(room, proposal.create) }, () => toInstanceId(view.id, timeUuid()));
  const revoked = new Set(proposal.decommission);
  const newlyDoomed = proposal.decommission.filter((id) => known.has(id)).slice(0, room);
  const entry: LaunchQueueEntry = {
    ...withDecisions,
    // An instance that was only decided upon is revoked by forgetting it.
    pending: [...withDecisions.pending.filter((id) => !revoked.has(id)), ...made],
    doomed: [...withDecisions.doomed, ...newlyDoomed],
  };
  const doomed = new Set(entry.doomed);
  // Forgetting counted launches alone is not worth a write.
  const pruned = (one: LaunchQueueEntry) => ({ ...one, counted: stillPresent(one.counted, view.instances) });
  const changed = view.entry === undefined || !isSameJson(pruned(entry), pruned(view.entry));
  return {
    ...(changed ? { entry } : {}),
    create: current === undefined ? [] : entry.pending.map((id) => newInstance(id, current.spec, current.hash, now)),
    decommission: entry.doomed,
    reschedule: endedOf(view.instances)
      .filter(({ id }) => !doomed.has(id))
      .map(({ id }) => id),
    expunge: view.instances.filter(isOver),
  };
}
