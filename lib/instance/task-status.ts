import type { Condition } from '../model/instance.ts';
import type { TaskSighting } from '../model/task.ts';

/** What a task's state means in Marathon's terms. */
export interface TaskStatus {
  readonly condition: Condition;
  /** `TASK_…` */
  readonly taskStatus: string;
  readonly message: string;
}

const CONFIGURATION_ERRORS = [
  'CannotPullContainerError',
  'CannotCreateContainerError',
  'CannotStartContainerError',
  'ResourceInitializationError',
];

const reasonOf = (task: TaskSighting): string => task.containerReason ?? task.stoppedReason ?? '';

function exited(task: TaskSighting): TaskStatus {
  if (task.exitCode === 0) return { condition: 'Finished', taskStatus: 'TASK_FINISHED', message: '' };
  const status = task.exitCode === undefined ? reasonOf(task) : `Command exited with status ${task.exitCode}`;
  const message = task.containerReason === undefined ? status : `${status}: ${task.containerReason}`;
  return { condition: 'Failed', taskStatus: 'TASK_FAILED', message };
}

function failedToStart(task: TaskSighting): TaskStatus {
  const message = reasonOf(task);
  return CONFIGURATION_ERRORS.some((error) => message.includes(error))
    ? { condition: 'Error', taskStatus: 'TASK_ERROR', message }
    : { condition: 'Failed', taskStatus: 'TASK_FAILED', message };
}

function stopped(task: TaskSighting): TaskStatus {
  switch (task.stopCode) {
    case 'UserInitiated':
      return { condition: 'Killed', taskStatus: 'TASK_KILLED', message: task.stoppedReason ?? '' };
    case 'TaskFailedToStart':
      return failedToStart(task);
    case 'SpotInterruption':
    case 'TerminationNotice':
    case 'InfrastructureHealth':
      return { condition: 'Gone', taskStatus: 'TASK_GONE', message: task.stoppedReason ?? '' };
    case 'EssentialContainerExited':
      return exited(task);
    default:
      return { condition: 'Gone', taskStatus: 'TASK_GONE', message: task.stoppedReason ?? '' };
  }
}

/** ECS's status to Marathon's (aws.md §2, the two tables). Undefined: nothing to show for it. */
export function taskStatusOf(task: TaskSighting): TaskStatus | undefined {
  switch (task.lastStatus) {
    case 'PROVISIONING':
    case 'PENDING':
      return { condition: 'Staging', taskStatus: 'TASK_STAGING', message: '' };
    case 'ACTIVATING':
      return { condition: 'Starting', taskStatus: 'TASK_STARTING', message: '' };
    case 'RUNNING':
      return task.desiredStatus === 'STOPPED'
        ? { condition: 'Killing', taskStatus: 'TASK_KILLING', message: task.stoppedReason ?? '' }
        : { condition: 'Running', taskStatus: 'TASK_RUNNING', message: '' };
    case 'DEACTIVATING':
    case 'STOPPING':
    case 'DEPROVISIONING':
      // A container that ended by itself passes here too; it is not being killed, and its end follows.
      return task.stopCode === 'UserInitiated'
        ? { condition: 'Killing', taskStatus: 'TASK_KILLING', message: task.stoppedReason ?? '' }
        : undefined;
    case 'STOPPED':
    case 'DELETED':
      return stopped(task);
    default:
      return undefined;
  }
}
