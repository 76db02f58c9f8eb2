import { instanceChanged, statusUpdate, unhealthyInstanceKill } from '../event/events.ts';
import { recordContainerCheck } from '../health/app-check.ts';
import { healthEvents } from '../health/apply-report.ts';
import { recordContainerHealth } from '../health/container-check.ts';
import { type Checks, withAllChecks } from '../health/instance-health.ts';
import { assertNever } from '../model/brand.ts';
import type { ContentHash, LaunchId } from '../model/ids.ts';
import {
  type Condition,
  type Goal,
  type Instance,
  type InstanceAgent,
  isActive,
  isTerminal,
} from '../model/instance.ts';
import type { MarathonEvent } from '../model/outbox.ts';
import type { TaskSighting } from '../model/task.ts';
import type { Instant, Timestamp } from '../model/timestamp.ts';
import { overdueAt } from './settle-launch.ts';
import { taskStatusOf } from './task-status.ts';

/** What can happen to an instance. */
export type InstanceOperation =
  /** Placed: the claim is written, StartTask comes next. */
  | {
      readonly kind: 'provision';
      readonly launch: LaunchId;
      readonly agent: InstanceAgent;
      readonly hostPorts: readonly number[];
      /** In bridge mode: the container ports, whose host ports ECS tells of later. */
      readonly bridgePorts?: readonly number[];
      /** Of its definition's checks: none has a result yet. */
      readonly checks: Checks;
    }
  /** StartTask surely started nothing, or its silence has lasted long enough: place it again. */
  | { readonly kind: 'notStarted'; readonly launch: LaunchId }
  /** StartTask refused for what the run spec asks: an end like a failed task's, with its delay. */
  | { readonly kind: 'rejected'; readonly launch: LaunchId; readonly reason: string }
  /** ECS tells of the task: StartTask's answer, an event, or another answer. */
  | { readonly kind: 'seen'; readonly task: TaskSighting }
  /** ECS does not know the task any more. */
  | { readonly kind: 'vanished'; readonly launch: LaunchId; readonly reason: string }
  /** Its agent is lost (since); `inactive`: for so long that it is replaced. */
  | { readonly kind: 'unreachable' | 'inactive'; readonly launch: LaunchId; readonly since: Instant }
  /** Its agent is back, and nobody knows of an end of the task. */
  | { readonly kind: 'reachable'; readonly launch: LaunchId }
  | { readonly kind: 'setGoal'; readonly goal: Exclude<Goal, 'Running'> }
  /** Its launch is of a version that did not run all checks of its definition: as at a launch, where it has none. */
  | { readonly kind: 'completeChecks'; readonly launch: LaunchId; readonly checks: Checks }
  /** Its task is to be killed for its health; `reason`: the cause of the last failure. */
  | { readonly kind: 'condemn'; readonly launch: LaunchId; readonly reason: string }
  /** Its task does not run in time: it is to be killed. */
  | { readonly kind: 'overdue'; readonly launch: LaunchId }
  /** Its task was told to stop; `task`: what ECS answered, unless it is gone. */
  | { readonly kind: 'killSent'; readonly launch: LaunchId; readonly task?: TaskSighting }
  /** Ended with goal Running: wait for the next launch, in the definition given. */
  | {
      readonly kind: 'reschedule';
      readonly runSpecHash: ContentHash;
      readonly runSpecVersion: Timestamp;
      readonly configVersion: Timestamp;
    };

/** The result: data, applied by the caller under the condition that the instance has not changed since. */
export type InstanceEffect =
  | { readonly kind: 'update'; readonly instance: Instance; readonly events: readonly MarathonEvent[] }
  | { readonly kind: 'noop'; readonly why: string };

const noop = (why: string): InstanceEffect => ({ kind: 'noop', why });

/** The instance in a condition, with the times that go with it. */
function withCondition(instance: Instance, condition: Condition, at: Instant): Instance {
  if (instance.condition === condition) return instance;
  const activeSince = isActive(condition) ? (instance.activeSince ?? at) : undefined;
  const { activeSince: _old, ...rest } = instance;
  return { ...rest, condition, since: at, ...(activeSince === undefined ? {} : { activeSince }) };
}

/** An update whose events follow from what changed: `instance_changed_event` when condition or goal did. */
function update(before: Instance, after: Instance, at: Instant, status: readonly MarathonEvent[] = []): InstanceEffect {
  const changed = before.condition !== after.condition || before.goal !== after.goal;
  return { kind: 'update', instance: after, events: [...status, ...(changed ? [instanceChanged(after, at)] : [])] };
}

/** Without everything that belongs to one launch. */
function withoutLaunch(instance: Instance): Instance {
  const {
    launch: _launch,
    stagedAt: _staged,
    startedAt: _started,
    activeSince: _active,
    killSentAt: _killSent,
    termination: _termination,
    bridgePorts: _bridgePorts,
    unhealthy: _unhealthy,
    overdue: _overdue,
    unreachable: _unreachable,
    check: _check,
    ...rest
  } = instance;
  return { ...rest, hostPorts: [], health: [], readiness: [] };
}

function provision(
  instance: Instance,
  operation: Extract<InstanceOperation, { kind: 'provision' }>,
  now: Instant,
): InstanceEffect {
  if (instance.goal !== 'Running' || instance.condition !== 'Scheduled') return noop('not scheduled');
  const placed: Instance = {
    ...withoutLaunch(instance),
    incarnation: instance.incarnation + 1,
    launch: { id: operation.launch, at: now, ecsVersion: 0 },
    agent: operation.agent,
    hostPorts: operation.bridgePorts === undefined ? operation.hostPorts : [],
    ...(operation.bridgePorts === undefined ? {} : { bridgePorts: operation.bridgePorts }),
    stagedAt: now,
    ...operation.checks,
  };
  return update(instance, withCondition(placed, 'Provisioned', now), now);
}

function notStarted(instance: Instance, now: Instant): InstanceEffect {
  if (instance.condition !== 'Provisioned') return noop('already seen to have started');
  const { agent: _agent, ...rest } = withoutLaunch(instance);
  // The number was never shown by a task, so the next launch takes it again.
  const waiting: Instance = { ...rest, incarnation: instance.incarnation - 1 };
  return update(instance, withCondition(waiting, 'Scheduled', now), now);
}

/** The host ports of a task in bridge mode, when ECS tells all of them; else those that were known. */
function boundPorts({ bridgePorts = [], hostPorts }: Instance, { bindings }: TaskSighting): readonly number[] {
  const bound = bridgePorts.flatMap(
    (port) => bindings.find(({ containerPort }) => containerPort === port)?.hostPort ?? [],
  );
  return bound.length > 0 && bound.length === bridgePorts.length ? bound : hostPorts;
}

/** What ECS says of the health of a task that runs. */
function withHealth(instance: Instance, { healthStatus = 'UNKNOWN' }: TaskSighting, now: Instant): Instance {
  if (instance.condition !== 'Running' || healthStatus === 'UNKNOWN') return instance;
  const { check } = instance;
  return {
    ...instance,
    health: recordContainerHealth(instance.health, healthStatus, now),
    ...(check !== undefined && { check: recordContainerCheck(check, healthStatus) }),
  };
}

function condemn(instance: Instance, reason: string, now: Instant): InstanceEffect {
  if (instance.condition !== 'Running' || instance.unhealthy !== undefined) return noop('ends already');
  const events = [unhealthyInstanceKill(instance, reason, now)];
  return { kind: 'update', instance: { ...instance, unhealthy: reason }, events };
}

/** Out of reach, or given up as inactive; an inactive one stays so until its agent is back. */
function lost(instance: Instance, condition: 'Unreachable' | 'UnreachableInactive', since: Instant, now: Instant) {
  if (isTerminal(instance.condition) || instance.condition === condition) return noop('is that already');
  if (instance.condition === 'UnreachableInactive') return noop('is given up');
  const former = instance.unreachable?.former ?? instance.condition;
  const { activeSince } = instance;
  // It keeps its age: when it comes back, it is not the youngest (deployments.md §7).
  const age = activeSince === undefined ? {} : { activeSince };
  const after = { ...withCondition({ ...instance, unreachable: { since, former } }, condition, now), ...age };
  const said =
    instance.unreachable === undefined
      ? [statusUpdate(after, 'TASK_UNREACHABLE', 'the agent is out of reach', now)]
      : [];
  return update(instance, after, now, said);
}

function reachable(instance: Instance, now: Instant): InstanceEffect {
  const { unreachable, ...rest } = instance;
  if (unreachable === undefined || isTerminal(instance.condition)) return noop('is within reach');
  const after = withCondition(rest, unreachable.former, now);
  const status =
    unreachable.former === 'Running' ? [statusUpdate(after, 'TASK_RUNNING', 'the agent is back', now)] : [];
  return update(instance, after, now, status);
}

/** What a task's status makes of an instance. While the agent is lost only an end shows: the rest may be old news. */
function inStatus(instance: Instance, condition: Condition, now: Instant): Instance {
  const { unreachable, ...rest } = instance;
  if (unreachable === undefined) return withCondition(instance, condition, now);
  return isTerminal(condition)
    ? withCondition(rest, condition, now)
    : { ...instance, unreachable: { ...unreachable, former: condition } };
}

function seen(instance: Instance, task: TaskSighting, now: Instant): InstanceEffect {
  const { launch } = instance;
  if (launch === undefined || task.launch !== launch.id) return noop('another launch');
  if (launch.arn !== undefined && launch.arn !== task.arn) return noop('another task of the launch');
  if (task.version <= launch.ecsVersion) return noop('older than what is known');
  if (isTerminal(instance.condition)) return noop('has ended');
  const known: Instance = {
    ...instance,
    launch: { ...launch, arn: task.arn, ecsVersion: task.version },
    hostPorts: boundPorts(instance, task),
  };
  const status = taskStatusOf(task);
  if (status === undefined) return update(instance, known, now);
  const startedAt = known.startedAt ?? (status.condition === 'Running' ? (task.startedAt ?? now) : undefined);
  const timed: Instance = startedAt === undefined ? known : { ...known, startedAt };
  const after = withHealth(inStatus(timed, status.condition, now), task, now);
  const result: Instance = isTerminal(status.condition)
    ? {
        ...after,
        termination: {
          at: task.stoppedAt ?? now,
          message: status.message,
          ...(task.exitCode === undefined ? {} : { exitCode: task.exitCode }),
        },
      }
    : after;
  const said =
    instance.condition === result.condition ? [] : [statusUpdate(result, status.taskStatus, status.message, now)];
  return update(instance, result, now, [...said, ...healthEvents(instance, result, now)]);
}

function killSent(instance: Instance, task: TaskSighting | undefined, now: Instant): InstanceEffect {
  const sent: Instance = { ...instance, killSentAt: now };
  const told = task === undefined ? noop('is gone') : seen(sent, task, now);
  return told.kind === 'update' ? told : update(instance, sent, now);
}

/** An end that no task told of. */
function ended(instance: Instance, condition: 'Gone' | 'Error', reason: string, now: Instant): InstanceEffect {
  if (isTerminal(instance.condition)) return noop('has ended');
  const { unreachable: _, ...rest } = instance;
  const after = withCondition({ ...rest, termination: { at: now, message: reason } }, condition, now);
  return update(instance, after, now, [statusUpdate(after, `TASK_${condition.toUpperCase()}`, reason, now)]);
}

/**
 * The instance state machine: an operation on an instance gives its new state and the events to publish. Operations of
 * a superseded launch, or older than what is known, touch nothing (design §4).
 */
export function reduceInstance(instance: Instance, operation: InstanceOperation, now: Instant): InstanceEffect {
  if ('launch' in operation && operation.kind !== 'provision' && operation.launch !== instance.launch?.id) {
    return noop('another launch');
  }
  switch (operation.kind) {
    case 'provision':
      return provision(instance, operation, now);
    case 'notStarted':
      return notStarted(instance, now);
    case 'seen':
      return seen(instance, operation.task, now);
    case 'vanished':
      return ended(instance, 'Gone', operation.reason, now);
    case 'rejected':
      return ended(instance, 'Error', operation.reason, now);
    case 'unreachable':
      return lost(instance, 'Unreachable', operation.since, now);
    case 'inactive':
      return lost(instance, 'UnreachableInactive', operation.since, now);
    case 'reachable':
      return reachable(instance, now);
    case 'setGoal':
      if (instance.goal === operation.goal || instance.goal === 'Decommissioned') return noop('has that goal');
      return update(instance, { ...instance, goal: operation.goal }, now);
    case 'completeChecks': {
      const after = withAllChecks(instance, operation.checks);
      return after === instance ? noop('has all') : { kind: 'update', instance: after, events: [] };
    }
    case 'condemn':
      return condemn(instance, operation.reason, now);
    case 'overdue': {
      const at = overdueAt(instance);
      if (at === undefined || at > now || instance.overdue === true) return noop('is not overdue');
      return { kind: 'update', instance: { ...instance, overdue: true }, events: [] };
    }
    case 'killSent':
      return killSent(instance, operation.task, now);
    case 'reschedule': {
      if (instance.goal !== 'Running' || !isTerminal(instance.condition)) return noop('has not ended');
      const { kind: _kind, ...spec } = operation;
      const { agent: _agent, ...rest } = withoutLaunch(instance);
      return update(instance, withCondition({ ...rest, ...spec }, 'Scheduled', now), now);
    }
    default:
      return assertNever(operation);
  }
}
