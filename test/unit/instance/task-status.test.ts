import { describe, expect, it } from 'vitest';
import { taskStatusOf } from '../../../lib/instance/task-status.ts';
import type { TaskSighting } from '../../../lib/model/task.ts';
import { aSighting } from './a-sighting.ts';

const shown = (fields: Partial<TaskSighting>) => taskStatusOf(aSighting(fields));
const text = (fields: Partial<TaskSighting>): string | undefined => {
  const status = shown(fields);
  return status === undefined ? undefined : [status.condition, status.taskStatus, status.message].join('|');
};

describe('a task on its way (aws.md §2)', () => {
  it.for([
    ['PROVISIONING', 'Staging|TASK_STAGING|'],
    ['PENDING', 'Staging|TASK_STAGING|'],
    ['ACTIVATING', 'Starting|TASK_STARTING|'],
    ['RUNNING', 'Running|TASK_RUNNING|'],
    ['DEACTIVATING', 'Killing|TASK_KILLING|goal Stopped'],
    ['STOPPING', 'Killing|TASK_KILLING|goal Stopped'],
    ['DEPROVISIONING', 'Killing|TASK_KILLING|goal Stopped'],
    ['SOMETHING_NEW', undefined],
  ] as const)('%s', ([lastStatus, is]) => {
    const ending = is?.startsWith('Killing') === true;
    const stop = { desiredStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'goal Stopped' };
    expect(text({ lastStatus, ...(ending ? stop : {}) })).toBe(is);
  });

  const ENDING = ['RUNNING', 'DEACTIVATING', 'STOPPING', 'DEPROVISIONING'] as const;
  it.for(ENDING)('%s, told to stop by ECS for a reason of its own: being killed', (lastStatus) => {
    expect(text({ lastStatus, desiredStatus: 'STOPPED', stopCode: 'SpotInterruption', stoppedReason: 'spot' })).toBe(
      'Killing|TASK_KILLING|spot',
    );
    expect(text({ lastStatus, desiredStatus: 'STOPPED' })).toBe('Killing|TASK_KILLING|');
  });

  it.for(
    ENDING.flatMap((lastStatus) =>
      ['EssentialContainerExited', 'TaskFailedToStart'].map((code) => [lastStatus, code] as const),
    ),
  )('%s with %s: it ends by itself, nobody kills it, and its end follows', ([lastStatus, stopCode]) => {
    expect(shown({ lastStatus, desiredStatus: 'STOPPED', stopCode })).toBeUndefined();
  });
});

describe('a task that has ended (aws.md §2)', () => {
  const exited = 'EssentialContainerExited';
  it.for([
    { stopCode: exited, exitCode: 0, is: 'Finished|TASK_FINISHED|' },
    { stopCode: exited, exitCode: 1, is: 'Failed|TASK_FAILED|Command exited with status 1' },
    {
      stopCode: exited,
      exitCode: 137,
      containerReason: 'OutOfMemoryError: Container killed due to memory usage',
      is: 'Failed|TASK_FAILED|Command exited with status 137: OutOfMemoryError: Container killed due to memory usage',
    },
    {
      stopCode: exited,
      containerReason: 'DockerTimeoutError: could not transition',
      is: 'Failed|TASK_FAILED|DockerTimeoutError: could not transition',
    },
    {
      stopCode: exited,
      stoppedReason: 'Essential container in task exited',
      is: 'Failed|TASK_FAILED|Essential container in task exited',
    },
    { stopCode: 'UserInitiated', stoppedReason: 'goal Stopped', exitCode: 143, is: 'Killed|TASK_KILLED|goal Stopped' },
    { stopCode: 'TaskFailedToStart', stoppedReason: 'no space', is: 'Failed|TASK_FAILED|no space' },
    ...['CannotPullContainerError', 'CannotCreateContainerError', 'CannotStartContainerError'].map((error) => ({
      stopCode: 'TaskFailedToStart',
      containerReason: `${error}: no such image`,
      stoppedReason: 'Task failed to start',
      is: `Error|TASK_ERROR|${error}: no such image`,
    })),
    {
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'ResourceInitializationError: secret',
      is: 'Error|TASK_ERROR|ResourceInitializationError: secret',
    },
    ...[
      'SpotInterruption',
      'TerminationNotice',
      'InfrastructureHealth',
      'ServiceSchedulerInitiated',
      'SomethingNew',
    ].map((stopCode) => ({ stopCode, stoppedReason: 'why', is: 'Gone|TASK_GONE|why' })),
    { stoppedReason: 'Host EC2 (instance i-1) terminated.', is: 'Gone|TASK_GONE|Host EC2 (instance i-1) terminated.' },
    { is: 'Gone|TASK_GONE|' },
  ])('$stopCode $exitCode $stoppedReason $containerReason', ({ is, ...fields }) => {
    for (const lastStatus of ['STOPPED', 'DELETED'])
      expect(text({ lastStatus, desiredStatus: 'STOPPED', ...fields })).toBe(is);
  });
});
