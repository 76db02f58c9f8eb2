import type { Container, NetworkBinding, StopCode, Task } from './entities.ts';

/** What can happen to a task. The first group comes from its agent, the second from ECS itself. */
export type TaskChange =
  | { readonly kind: 'network-attached' }
  | {
      readonly kind: 'container-started';
      readonly container: string;
      readonly runtimeId: string;
      readonly bindings: readonly NetworkBinding[];
    }
  | { readonly kind: 'container-failed'; readonly container: string; readonly reason: string }
  | { readonly kind: 'container-exited'; readonly container: string; readonly exitCode: number }
  | {
      readonly kind: 'container-health';
      readonly container: string;
      readonly status: 'HEALTHY' | 'UNHEALTHY';
    }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'network-detached' }
  | { readonly kind: 'stop-requested'; readonly reason: string }
  | { readonly kind: 'host-lost'; readonly reason: string }
  | { readonly kind: 'instance-deregistered' };

/** ECS's words for the tasks of a container instance that was deregistered by force: they run on, unknown to ECS. */
const DEREGISTERED = 'Container instance deregistration forced by user';

/**
 * A task after a change, one version higher; the very same task when the change means nothing to it.
 * PROVISIONING (awsvpc) → PENDING → RUNNING → STOPPING → DEPROVISIONING (awsvpc) → STOPPED (aws.md §2).
 */
export function reduceTask(task: Task, change: TaskChange, now: number): Task {
  if (task.lastStatus === 'STOPPED') return task;
  const changed = apply(task, change, now);
  return changed === task ? task : { ...settle(changed, now), version: task.version + 1 };
}

function apply(task: Task, change: TaskChange, now: number): Task {
  switch (change.kind) {
    case 'network-attached':
      return task.lastStatus === 'PROVISIONING' ? { ...task, lastStatus: 'PENDING' } : task;
    case 'container-started': {
      const { runtimeId, bindings } = change;
      const started: Partial<Container> = { lastStatus: 'RUNNING', runtimeId, networkBindings: [...bindings] };
      return pulled(withContainer(task, change.container, 'PENDING', started), task, now);
    }
    case 'container-failed': {
      const failed = withContainer(task, change.container, 'PENDING', { lastStatus: 'STOPPED', reason: change.reason });
      return failed === task
        ? task
        : endWith(pulled(failed, task, now), 'TaskFailedToStart', 'Task failed to start', now);
    }
    case 'container-exited': {
      const { exitCode } = change;
      return withContainer(task, change.container, 'RUNNING', { lastStatus: 'STOPPED', exitCode });
    }
    case 'container-health': {
      const { container, status } = change;
      const known = task.containers.find((each) => each.name === container)?.healthStatus;
      return known === status ? task : withContainer(task, container, 'RUNNING', { healthStatus: status });
    }
    case 'stopping':
      return task.desiredStatus === 'STOPPED' ? { ...dropPending(task), lastStatus: 'STOPPING' } : task;
    case 'network-detached':
      return task.lastStatus === 'DEPROVISIONING' ? { ...task, lastStatus: 'STOPPED', stoppedAt: now } : task;
    case 'stop-requested':
      if (task.desiredStatus === 'STOPPED') return task;
      return { ...endWith(task, 'UserInitiated', change.reason, now), tags: {} };
    case 'host-lost':
      return lose(endWith(task, 'TerminationNotice', change.reason, now), now);
    case 'instance-deregistered':
      return lose(endWith(task, undefined, DEREGISTERED, now), now);
  }
}

/** What follows from the containers' states. */
function settle(task: Task, now: number): Task {
  const ended = endAfterExit(task, now);
  const stopped = ended.containers.every((each) => each.lastStatus === 'STOPPED');
  if (stopped && ended.lastStatus !== 'STOPPED' && ended.lastStatus !== 'DEPROVISIONING') {
    const executionStoppedAt = ended.executionStoppedAt ?? now;
    if (ended.awsvpc) return { ...ended, lastStatus: 'DEPROVISIONING', executionStoppedAt };
    return { ...ended, lastStatus: 'STOPPED', executionStoppedAt, stoppedAt: now };
  }
  const pending = ended.containers.some((each) => each.lastStatus === 'PENDING');
  if (ended.lastStatus === 'PENDING' && ended.desiredStatus === 'RUNNING' && !pending) {
    return { ...ended, lastStatus: 'RUNNING', startedAt: now };
  }
  return ended;
}

/** ECS: a task ends with its first essential container, or with its last one. */
function endAfterExit(task: Task, now: number): Task {
  if (task.desiredStatus === 'STOPPED') return task;
  const over = task.containers.some((each) => each.essential && each.lastStatus === 'STOPPED');
  const empty = task.containers.every((each) => each.lastStatus === 'STOPPED');
  return over || empty ? endWith(task, 'EssentialContainerExited', 'Essential container in task exited', now) : task;
}

/** The first reason to end is the one that is shown. */
function endWith(task: Task, stopCode: StopCode | undefined, stoppedReason: string, now: number): Task {
  if (task.desiredStatus === 'STOPPED') return task;
  return { ...task, desiredStatus: 'STOPPED', stopCode, stoppedReason, stoppingAt: now };
}

function lose(task: Task, now: number): Task {
  const containers = task.containers.map((each): Container => ({ ...each, lastStatus: 'STOPPED' }));
  return { ...task, containers, lastStatus: 'STOPPED', executionStoppedAt: now, stoppedAt: now };
}

/** A process needs no image: it is there at once, with the first container and again with each later one. */
function pulled(task: Task, before: Task, now: number): Task {
  return task === before ? task : { ...task, pullStartedAt: task.pullStartedAt ?? now, pullStoppedAt: now };
}

function dropPending(task: Task): Task {
  const containers = task.containers.map(
    (each): Container => (each.lastStatus === 'PENDING' ? { ...each, lastStatus: 'STOPPED' } : each),
  );
  return { ...task, containers };
}

function withContainer(task: Task, name: string, from: Container['lastStatus'], change: Partial<Container>): Task {
  const found = task.containers.find((each) => each.name === name && each.lastStatus === from);
  if (found === undefined) return task;
  return { ...task, containers: task.containers.map((each) => (each === found ? { ...each, ...change } : each)) };
}
