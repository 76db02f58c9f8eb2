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
  const status = task.exitCode === undefined ? [] : [`Command exited with status ${task.exitCode}`];
  const reason = task.containerReason ?? (task.exitCode === undefined ? task.stoppedReason : undefined);
  const message = [...status, ...(reason === undefined ? [] : [reason])].join(': ');
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

/** Told to stop. A task that ends by itself passes here too: nobody kills it, so nothing is shown before its end. */
function stopping(task: TaskSighting): TaskStatus | undefined {
  if (task.stopCode === 'EssentialContainerExited' || task.stopCode === 'TaskFailedToStart') return undefined;
  return { condition: 'Killing', taskStatus: 'TASK_KILLING', message: task.stoppedReason ?? '' };
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
        ? stopping(task)
        : { condition: 'Running', taskStatus: 'TASK_RUNNING', message: '' };
    case 'DEACTIVATING':
    case 'STOPPING':
    case 'DEPROVISIONING':
      return stopping(task);
    case 'STOPPED':
    case 'DELETED':
      return stopped(task);
    default:
      return undefined;
  }
}
