import { describe, expect, it } from 'vitest';
import type { TaskArn } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { TaskSighting } from '../../../lib/model/task.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { aSighting } from './a-sighting.ts';

import { ARN, changed, ENDED, LAUNCH, NOW, OTHER, provisioned, run, status } from './operations.ts';

describe('seen', () => {
  const staging = (): Instance => {
    const { startedAt: _, ...rest } = anInstance({ condition: 'Staging', since: EPOCH });
    return rest;
  };

  it('moves the condition and says so, status first', () => {
    const before = staging();
    expect(run(before, { kind: 'seen', task: aSighting({ version: 7, startedAt: EPOCH + 500 }) })).toEqual({
      kind: 'update',
      instance: {
        ...before,
        condition: 'Running',
        since: NOW,
        startedAt: EPOCH + 500,
        launch: { id: LAUNCH, at: EPOCH, arn: ARN, ecsVersion: 7 },
      },
      events: [status('TASK_RUNNING'), changed('Running')],
    });
  });

  it('only notes the version when the condition stays', () => {
    expect(run(anInstance(), { kind: 'seen', task: aSighting({ version: 9 }) })).toEqual({
      kind: 'update',
      instance: { ...anInstance(), launch: { id: LAUNCH, at: EPOCH, arn: ARN, ecsVersion: 9 } },
      events: [],
    });
  });

  it('only notes the version when there is nothing to show', () => {
    const task = aSighting({ desiredStatus: 'STOPPED', stopCode: 'EssentialContainerExited', lastStatus: 'STOPPING' });
    expect(run(anInstance(), { kind: 'seen', task })).toEqual({
      kind: 'update',
      instance: { ...anInstance(), launch: { id: LAUNCH, at: EPOCH, arn: ARN, ecsVersion: 2 } },
      events: [],
    });
  });

  it('settles a launch without an answer', () => {
    const { startedAt: _, ...before } = provisioned();
    expect(run(before, { kind: 'seen', task: aSighting({ lastStatus: 'PENDING', version: 1 }) })).toEqual({
      kind: 'update',
      instance: {
        ...before,
        condition: 'Staging',
        since: NOW,
        launch: { id: LAUNCH, at: EPOCH, arn: ARN, ecsVersion: 1 },
      },
      events: [status('TASK_STAGING'), changed('Staging')],
    });
  });

  it('keeps the launch of one that ended, and how', () => {
    const { activeSince: _, ...before } = anInstance();
    const task = aSighting({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      exitCode: 3,
      stoppedAt: EPOCH + 9_000,
    });
    const message = 'Command exited with status 3';
    expect(run(anInstance(), { kind: 'seen', task })).toEqual({
      kind: 'update',
      instance: {
        ...before,
        condition: 'Failed',
        since: NOW,
        launch: { id: LAUNCH, at: EPOCH, arn: ARN, ecsVersion: 2 },
        termination: { at: EPOCH + 9_000, message, exitCode: 3 },
      },
      events: [status('TASK_FAILED', message), changed('Failed')],
    });
  });

  it.for([
    { what: 'another launch', task: aSighting({ launch: OTHER }), why: 'another launch' },
    { what: 'no launch of ours', task: aSighting({ launch: undefined }), why: 'another launch' },
    {
      what: 'a second task of the launch',
      task: aSighting({ arn: 'other' as TaskArn }),
      why: 'another task of the launch',
    },
    { what: 'the version that is known', task: aSighting({ version: 1 }), why: 'older than what is known' },
    { what: 'a version before that', task: aSighting({ version: 0 }), why: 'older than what is known' },
  ])('does nothing for $what', ({ task, why }) => {
    expect(run(anInstance(), { kind: 'seen', task })).toEqual({ kind: 'noop', why });
  });

  it('does nothing to an instance without a launch', () => {
    expect(run(aScheduledInstance(), { kind: 'seen', task: aSighting() })).toEqual({
      kind: 'noop',
      why: 'another launch',
    });
  });

  it.for(ENDED)('does nothing to one that has ended as %s', (condition) => {
    expect(run(anInstance({ condition }), { kind: 'seen', task: aSighting() })).toEqual({
      kind: 'noop',
      why: 'has ended',
    });
  });
});

describe('bridge mode', () => {
  const placed = (): Instance => {
    const effect = run(aScheduledInstance(), {
      kind: 'provision',
      checks: { health: [], readiness: [] },
      launch: LAUNCH,
      agent: anInstanceAgent(),
      hostPorts: [8_081],
      bridgePorts: [80, 8_081],
    });
    if (effect.kind !== 'update') throw new Error(effect.why);
    return effect.instance;
  };
  const bindings = [
    { containerPort: 8_081, hostPort: 8_081 },
    { containerPort: 80, hostPort: 49_153 },
  ];
  const seenAs = (instance: Instance, task: Partial<TaskSighting>): Instance => {
    const effect = run(instance, { kind: 'seen', task: aSighting({ launch: LAUNCH, ...task }) });
    if (effect.kind !== 'update') throw new Error(effect.why);
    return effect.instance;
  };

  it('knows its host ports once the task runs, in the order of the mappings', () => {
    expect(placed()).toMatchObject({ hostPorts: [], bridgePorts: [80, 8_081] });
    expect(seenAs(placed(), { version: 1, lastStatus: 'PENDING' }).hostPorts).toEqual([]);
    expect(seenAs(placed(), { version: 1, bindings: bindings.slice(1) }).hostPorts).toEqual([]);
    expect(seenAs(placed(), { version: 1, bindings }).hostPorts).toEqual([49_153, 8_081]);
  });

  it('keeps them when a later event tells none', () => {
    const running = seenAs(placed(), { version: 1, bindings });
    expect(seenAs(running, { version: 2, lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' })).toMatchObject({
      hostPorts: [49_153, 8_081],
    });
  });

  it('asks anew at the next launch', () => {
    const ended = seenAs(seenAs(placed(), { version: 1, bindings }), {
      version: 2,
      lastStatus: 'STOPPED',
      exitCode: 1,
    });
    const effect = run(ended, {
      kind: 'reschedule',
      runSpecHash: ended.runSpecHash,
      runSpecVersion: ended.runSpecVersion,
      configVersion: ended.configVersion,
    });
    if (effect.kind !== 'update') throw new Error(effect.why);
    expect(effect.instance.hostPorts).toEqual([]);
    expect(effect.instance).not.toHaveProperty('bridgePorts');
  });
});
