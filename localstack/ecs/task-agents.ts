import type { ContainerHandle, ContainerRun, ContainerRuntime } from '../runtime/container-runtime.ts';
import { healthCheckOf, stopTimeoutOf, toContainerRuns } from './container-runs.ts';
import type { EcsState } from './ecs-state.ts';
import type { HealthCheck, Task, TaskDefinition } from './entities.ts';
import type { StateChanges } from './state-changes.ts';
import type { TaskChange } from './task-life-cycle.ts';
import { watchHealth } from './watch-health.ts';

/** The ECS agents of all container instances: carry out what ECS wants and report what happens. */
export interface TaskAgents {
  /** Starts a task just added, after the call that added it was answered. */
  launch(task: Task, definition: TaskDefinition): void;
  /** Stops the containers of a task that ECS wants stopped; a disconnected agent does so once it is back. */
  stop(arn: string): void;
  /** What an agent did and could not tell while it was disconnected. */
  reconnect(containerInstanceArn: string): void;
  /** The machine loses power: SIGKILL to all that runs on it. */
  killMachine(containerInstanceArn: string): void;
  /** The end: reports no more, SIGTERM, SIGKILL after `graceMs`; resolves when nothing runs. */
  close(graceMs: number): Promise<void>;
}

interface RunningTask {
  readonly containerInstanceArn: string;
  readonly definition: TaskDefinition;
  readonly handles: Map<string, ContainerHandle>;
}

export function createTaskAgents(state: EcsState, changes: StateChanges, runtime: ContainerRuntime): TaskAgents {
  const running = new Map<string, RunningTask>();
  const untold = new Map<string, (() => void)[]>();
  let closed = false;

  const whenConnected = (containerInstanceArn: string, action: () => void) => {
    if (closed) return;
    if (state.instances.get(containerInstanceArn)?.agentConnected) return action();
    untold.set(containerInstanceArn, [...(untold.get(containerInstanceArn) ?? []), action]);
  };
  const report = (task: Task, change: TaskChange) =>
    whenConnected(task.containerInstanceArn, () => {
      // ECS forgets tasks; a container orphaned by force may outlive that.
      if (state.tasks.get(task.arn) === undefined) return;
      const after = changes.changeTask(task.arn, change);
      if (after.desiredStatus === 'STOPPED') stop(task.arn);
      if (after.lastStatus === 'DEPROVISIONING') report(after, { kind: 'network-detached' });
      if (after.lastStatus === 'STOPPED') running.delete(task.arn);
    });
  const begin = (task: Task, definition: TaskDefinition) => {
    if (task.lastStatus === 'PROVISIONING') report(task, { kind: 'network-attached' });
    const host = state.instances.get(task.containerInstanceArn)?.host;
    if (closed || host === undefined || state.tasks.get(task.arn)?.desiredStatus !== 'RUNNING') return;
    const { containerInstanceArn } = task;
    const entry: RunningTask = { containerInstanceArn, definition, handles: new Map() };
    running.set(task.arn, entry);
    for (const run of toContainerRuns(task, definition, host)) {
      if (state.tasks.get(task.arn)?.desiredStatus !== 'RUNNING') break;
      const healthCheck = healthCheckOf(definition, run.name);
      entry.handles.set(
        run.name,
        startContainer(runtime, run, healthCheck, (change) => report(task, change)),
      );
    }
    // A container may have ended the task before the later ones had handles.
    if (state.tasks.get(task.arn)?.desiredStatus === 'STOPPED') stop(task.arn);
  };
  const stop = (arn: string) => {
    const task = state.tasks.get(arn);
    if (task === undefined || task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING') return;
    whenConnected(task.containerInstanceArn, () => {
      if (state.tasks.get(arn)?.lastStatus !== 'STOPPING') report(task, { kind: 'stopping' });
      const entry = running.get(arn);
      for (const [name, handle] of entry?.handles ?? []) {
        handle.stop('SIGTERM', entry === undefined ? 0 : stopTimeoutOf(entry.definition, name));
      }
    });
  };
  const handlesOf = (entries: Iterable<RunningTask>) => [...entries].flatMap((each) => [...each.handles.values()]);

  return {
    launch: (task, definition) =>
      void setImmediate(() => whenConnected(task.containerInstanceArn, () => begin(task, definition))),
    stop,
    reconnect(containerInstanceArn) {
      const actions = untold.get(containerInstanceArn) ?? [];
      untold.delete(containerInstanceArn);
      for (const action of actions) whenConnected(containerInstanceArn, action);
    },
    killMachine(containerInstanceArn) {
      const there = [...running.values()].filter((each) => each.containerInstanceArn === containerInstanceArn);
      handlesOf(there).forEach(kill);
    },
    async close(graceMs) {
      closed = true;
      const handles = handlesOf(running.values());
      for (const handle of handles) handle.stop('SIGTERM', graceMs);
      // A stop under way keeps its own, longer grace: hence the kill.
      const killTimer = setTimeout(() => handles.forEach(kill), graceMs);
      await Promise.all(handles.map((handle) => handle.ended));
      clearTimeout(killTimer);
    },
  };
}

function kill(handle: ContainerHandle): void {
  handle.kill();
}

function startContainer(
  runtime: ContainerRuntime,
  run: ContainerRun,
  healthCheck: HealthCheck | undefined,
  report: (change: TaskChange) => void,
): ContainerHandle {
  const container = run.name;
  const up = Promise.withResolvers<void>();
  const handle = runtime.start(run, {
    started(runtimeId, bindings) {
      report({ kind: 'container-started', container, runtimeId, bindings });
      up.resolve();
    },
    failed: (reason) => report({ kind: 'container-failed', container, reason }),
    exited: (exitCode) => report({ kind: 'container-exited', container, exitCode }),
  });
  if (healthCheck !== undefined) {
    void up.promise.then(() => {
      watchHealth(handle, healthCheck, (status) => report({ kind: 'container-health', container, status }));
    });
  }
  return handle;
}
