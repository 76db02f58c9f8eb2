import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Task } from '../../../localstack/ecs/entities.ts';
import { reduceTask, type TaskChange } from '../../../localstack/ecs/task-life-cycle.ts';
import { aContainer, aTask } from './a-task.ts';

const started = (container = 'main'): TaskChange => {
  return { kind: 'container-started', container, runtimeId: 'r', bindings: [] };
};
const exited = (exitCode: number, container = 'main'): TaskChange => ({
  kind: 'container-exited',
  container,
  exitCode,
});
const stop: TaskChange = { kind: 'stop-requested', reason: 'scaled' };

/** The task after each change, one second apart. */
const run = (task: Task, changes: readonly TaskChange[]) =>
  changes.reduce((current, change, index) => reduceTask(current, change, 2000 + index * 1000), task);

const running = run(aTask(), [started()]);
const pair = aTask({ containers: [aContainer(), aContainer({ name: 'side', essential: false })] });

describe('life cycle', () => {
  test.each<[string, Task, TaskChange[], Partial<Task>]>([
    ['a start', aTask(), [started()], { lastStatus: 'RUNNING', version: 2, startedAt: 2000 }],
    [
      'an exit',
      running,
      [exited(3)],
      {
        lastStatus: 'STOPPED',
        desiredStatus: 'STOPPED',
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        version: 3,
        stoppingAt: 2000,
        executionStoppedAt: 2000,
        stoppedAt: 2000,
        containers: [aContainer({ lastStatus: 'STOPPED', runtimeId: 'r', exitCode: 3 })],
      },
    ],
    [
      'a failed start',
      aTask(),
      [{ kind: 'container-failed', container: 'main', reason: 'CannotPullContainerError: x' }],
      {
        lastStatus: 'STOPPED',
        desiredStatus: 'STOPPED',
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'Task failed to start',
        version: 2,
        containers: [aContainer({ lastStatus: 'STOPPED', reason: 'CannotPullContainerError: x' })],
      },
    ],
    [
      'a wanted stop: shown, then done; the reason stays and tags go',
      running,
      [stop, { kind: 'stopping' }, exited(143)],
      {
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        stoppedReason: 'scaled',
        tags: {},
        stoppingAt: 2000,
        version: 5,
      },
    ],
    [
      'a wanted stop is not done at once',
      running,
      [stop],
      { lastStatus: 'RUNNING', desiredStatus: 'STOPPED', version: 3 },
    ],
    [
      'a stop before the start',
      aTask(),
      [stop, { kind: 'stopping' }],
      { lastStatus: 'STOPPED', stopCode: 'UserInitiated', containers: [aContainer({ lastStatus: 'STOPPED' })] },
    ],
    [
      'a lost host',
      running,
      [{ kind: 'host-lost', reason: 'gone' }],
      { lastStatus: 'STOPPED', stopCode: 'TerminationNotice', stoppedReason: 'gone', stoppedAt: 2000 },
    ],
    [
      'a host lost while stopping keeps the first reason',
      running,
      [stop, { kind: 'host-lost', reason: 'gone' }],
      { lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'scaled' },
    ],
    ['a pair runs when both do', pair, [started()], { lastStatus: 'PENDING', version: 2 }],
    [
      'a pair goes on without its side container',
      pair,
      [started(), started('side'), exited(0, 'side')],
      { lastStatus: 'RUNNING' },
    ],
    [
      'a pair ends with its essential container, once the side container has',
      pair,
      [started(), started('side'), exited(1)],
      { lastStatus: 'RUNNING', desiredStatus: 'STOPPED', stopCode: 'EssentialContainerExited' },
    ],
    [
      'awsvpc attaches first and detaches last',
      aTask({ awsvpc: true, lastStatus: 'PROVISIONING' }),
      [{ kind: 'network-attached' }, started(), exited(0)],
      { lastStatus: 'DEPROVISIONING', executionStoppedAt: 4000, version: 4 },
    ],
    [
      'awsvpc, to the end',
      aTask({ awsvpc: true, lastStatus: 'PROVISIONING' }),
      [{ kind: 'network-attached' }, started(), exited(0), { kind: 'network-detached' }],
      { lastStatus: 'STOPPED', executionStoppedAt: 4000, stoppedAt: 5000, version: 5 },
    ],
  ])('%s', (_name, task, changes, expected) => {
    expect(run(task, changes)).toMatchObject(expected);
  });

  test.each<[string, Task, TaskChange]>([
    ['stopped', run(running, [exited(0)]), stop],
    ['stopped, then lost', run(running, [exited(0)]), { kind: 'host-lost', reason: 'x' }],
    ['an unknown container', running, exited(0, 'other')],
    ['a second start', running, started()],
    ['a second stop', run(running, [stop]), { kind: 'stop-requested', reason: 'again' }],
    ['stopping what shall run', running, { kind: 'stopping' }],
  ])('%s: nothing changes, not even the version', (_name, task, change) => {
    expect(reduceTask(task, change, 9000)).toBe(task);
  });
});

test('whatever happens: versions rise by one, STOPPED is final, and it says when and why', () => {
  const name = fc.constantFrom('main', 'side');
  const changes = fc.array(
    fc.oneof(
      name.map(started),
      fc.tuple(fc.integer({ min: 0, max: 255 }), name).map(([code, container]) => exited(code, container)),
      name.map((container): TaskChange => ({ kind: 'container-failed', container, reason: 'r' })),
      fc.constantFrom<TaskChange>(
        stop,
        { kind: 'stopping' },
        { kind: 'network-attached' },
        { kind: 'network-detached' },
        { kind: 'host-lost', reason: 'l' },
      ),
    ),
  );
  const starts = fc.constantFrom<Task>(pair, { ...pair, awsvpc: true, lastStatus: 'PROVISIONING' });
  fc.assert(
    fc.property(starts, changes, (task, steps) => {
      let current = task;
      for (const [index, change] of steps.entries()) {
        const next = reduceTask(current, change, 2000 + index);
        expect(next.version - current.version).toBe(next === current ? 0 : 1);
        if (current.lastStatus === 'STOPPED') expect(next).toBe(current);
        current = next;
      }
      const over = current.lastStatus === 'STOPPED';
      expect(current.stoppedAt !== undefined).toBe(over);
      expect(current.stopCode !== undefined).toBe(current.desiredStatus === 'STOPPED');
      if (over) expect(current.containers.map((each) => each.lastStatus)).toEqual(['STOPPED', 'STOPPED']);
      if (current.lastStatus === 'RUNNING') expect(current.startedAt).toBeDefined();
    }),
  );
});
