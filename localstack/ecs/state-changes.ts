import { randomUUID } from 'node:crypto';
import { machineState } from '../ec2/ec2-host.ts';
import { toInstanceStateEvent } from '../ec2/instance-events.ts';
import type { EventBridgeEvent } from '../endpoint/aws-service.ts';
import type { EcsState } from './ecs-state.ts';
import type { ContainerInstance, Task } from './entities.ts';
import { toContainerInstanceEvent, toTaskEvent } from './state-change-events.ts';
import { reduceTask, type TaskChange } from './task-life-cycle.ts';

/** The only way in which tasks and container instances change: stored first, then announced. */
export interface StateChanges {
  /** A new task: takes its resources. */
  addTask(task: Task): void;
  /** The task after the change. */
  changeTask(arn: string, change: TaskChange): Task;
  changeInstance(arn: string, change: Partial<ContainerInstance>): ContainerInstance;
}

export function createStateChanges(
  state: EcsState,
  emit: (event: EventBridgeEvent) => void,
  now: () => number,
): StateChanges {
  const announceTask = (task: Task) => {
    emit(toTaskEvent(task, state.instances.get(task.containerInstanceArn), { id: randomUUID(), now: now() }));
  };
  const changeInstance = (arn: string, change: Partial<ContainerInstance>): ContainerInstance => {
    const before = mustFind(state.instances.get(arn), arn);
    const after = { ...before, ...change, version: before.version + 1 };
    state.instances.put(after);
    if (machineState(after) !== machineState(before)) emit(toInstanceStateEvent(after, now()));
    emit(toContainerInstanceEvent(after, state.liveTasks(arn), { id: randomUUID(), now: now() }));
    return after;
  };
  return {
    addTask(task) {
      state.tasks.put(task);
      announceTask(task);
      changeInstance(task.containerInstanceArn, {});
    },
    changeTask(arn, change) {
      const before = mustFind(state.tasks.get(arn), arn);
      const after = reduceTask(before, change, now());
      if (after === before) return before;
      state.tasks.put(after);
      announceTask(after);
      // What ECS shows of an instance is what its tasks hold and how many run.
      if (after.lastStatus !== before.lastStatus && isCounted(after, before)) {
        changeInstance(after.containerInstanceArn, {});
      }
      return after;
    },
    changeInstance,
  };
}

function isCounted(after: Task, before: Task): boolean {
  return [after.lastStatus, before.lastStatus].some((status) => status === 'STOPPED' || status === 'RUNNING');
}

function mustFind<Entity>(entity: Entity | undefined, arn: string): Entity {
  if (entity === undefined) throw new Error(`ECS of the local cloud lost ${arn}`);
  return entity;
}
