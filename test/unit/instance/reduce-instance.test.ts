import { describe, expect, it } from 'vitest';
import type { InstanceOperation } from '../../../lib/instance/reduce-instance.ts';
import type { ContentHash } from '../../../lib/model/ids.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { aSighting } from './a-sighting.ts';

import { CONDITIONS, changed, ENDED, LAUNCH, NOW, OTHER, provisioned, run, status } from './operations.ts';

describe('provision', () => {
  const operation: InstanceOperation = {
    kind: 'provision',
    checks: { health: [], readiness: [] },
    launch: OTHER,
    agent: anInstanceAgent(),
    hostPorts: [31_005],
  };

  it('takes a scheduled instance to its next launch', () => {
    const before = aScheduledInstance({ incarnation: 3 });
    expect(run(before, operation)).toEqual({
      kind: 'update',
      instance: {
        ...before,
        condition: 'Provisioned',
        since: NOW,
        incarnation: 4,
        launch: { id: OTHER, at: NOW, ecsVersion: 0 },
        agent: anInstanceAgent(),
        hostPorts: [31_005],
        stagedAt: NOW,
        activeSince: NOW,
      },
      events: [changed('Provisioned')],
    });
  });

  it.for(CONDITIONS.filter((condition) => condition !== 'Scheduled'))('does nothing to one that is %s', (condition) => {
    expect(run(anInstance({ condition }), operation)).toEqual({ kind: 'noop', why: 'not scheduled' });
  });

  it.for(['Stopped', 'Decommissioned'] as const)('does nothing to one that is to be %s', (goal) => {
    expect(run(aScheduledInstance({ goal }), operation)).toEqual({ kind: 'noop', why: 'not scheduled' });
  });
});

describe('not started', () => {
  it('takes back the launch and its number', () => {
    const { activeSince: _1, startedAt: _2, ...before } = provisioned();
    const { launch: _3, agent: _4, stagedAt: _5, ...bare } = before;
    expect(run(before, { kind: 'notStarted', launch: LAUNCH })).toEqual({
      kind: 'update',
      instance: { ...bare, condition: 'Scheduled', since: NOW, incarnation: 0, hostPorts: [] },
      events: [changed('Scheduled', false)],
    });
  });

  it.for(CONDITIONS.filter((condition) => condition !== 'Provisioned'))(
    'does nothing to one that is %s',
    (condition) => {
      expect(run(anInstance({ condition }), { kind: 'notStarted', launch: LAUNCH })).toEqual({
        kind: 'noop',
        why: 'already seen to have started',
      });
    },
  );
});

describe('an end that no task told of', () => {
  it.for([
    ['vanished', 'Gone', 'TASK_GONE'],
    ['rejected', 'Error', 'TASK_ERROR'],
  ] as const)('%s: %s', ([kind, condition, taskStatus]) => {
    const { activeSince: _, ...before } = anInstance();
    expect(run(anInstance(), { kind, launch: LAUNCH, reason: 'why' })).toEqual({
      kind: 'update',
      instance: { ...before, condition, since: NOW, termination: { at: NOW, message: 'why' } },
      events: [status(taskStatus, 'why'), changed(condition)],
    });
    for (const ended of ENDED) {
      expect(run(anInstance({ condition: ended }), { kind, launch: LAUNCH, reason: 'why' })).toEqual({
        kind: 'noop',
        why: 'has ended',
      });
    }
  });
});

describe('goals', () => {
  it.for([
    { from: 'Running', to: 'Stopped', moves: true },
    { from: 'Running', to: 'Decommissioned', moves: true },
    { from: 'Stopped', to: 'Decommissioned', moves: true },
    { from: 'Stopped', to: 'Stopped', moves: false },
    { from: 'Decommissioned', to: 'Stopped', moves: false },
    { from: 'Decommissioned', to: 'Decommissioned', moves: false },
  ] as const)('$from to $to: $moves', ({ from, to, moves }) => {
    const before = anInstance({ goal: from });
    expect(run(before, { kind: 'setGoal', goal: to })).toEqual(
      moves
        ? { kind: 'update', instance: { ...before, goal: to }, events: [changed('Running')] }
        : { kind: 'noop', why: 'has that goal' },
    );
  });

  it('note when a kill was sent, silently', () => {
    const before = anInstance({ goal: 'Decommissioned' });
    expect(run(before, { kind: 'killSent', launch: LAUNCH })).toEqual({
      kind: 'update',
      instance: { ...before, killSentAt: NOW },
      events: [],
    });
  });

  it.for([
    { lastStatus: 'RUNNING', becomes: 'Killing' },
    { lastStatus: 'STOPPED', becomes: 'Killed' },
  ])('know what ECS answered to the kill of a task: $lastStatus is $becomes', ({ lastStatus, becomes }) => {
    const before = anInstance({ goal: 'Decommissioned' });
    const version = (before.launch?.ecsVersion ?? 0) + 1;
    const stopping = { desiredStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'goal Decommissioned' };
    const task = aSighting({ ...stopping, launch: LAUNCH, version, lastStatus });
    const effect = run(before, { kind: 'killSent', launch: LAUNCH, task });
    const seen = run(before, { kind: 'seen', task });
    if (effect.kind !== 'update' || seen.kind !== 'update') throw new Error('nothing changed');
    expect(effect.instance).toEqual({ ...seen.instance, killSentAt: NOW });
    expect(effect.instance.condition).toBe(becomes);
    expect(effect.events).toEqual(seen.events);
  });

  it('note a kill whose answer tells nothing new', () => {
    const before = anInstance({ goal: 'Decommissioned' });
    const task = aSighting({ launch: LAUNCH, version: before.launch?.ecsVersion ?? 0 });
    expect(run(before, { kind: 'killSent', launch: LAUNCH, task })).toEqual({
      kind: 'update',
      instance: { ...before, killSentAt: NOW },
      events: [],
    });
  });
});

describe('reschedule', () => {
  const version = toTimestamp(EPOCH + 1);
  const operation: InstanceOperation = {
    kind: 'reschedule',
    runSpecHash: 'new' as ContentHash,
    runSpecVersion: version,
    configVersion: version,
  };

  it.for(ENDED)('lets one that ended as %s wait for its next launch, with its number', (condition) => {
    const before = anInstance({
      condition,
      killSentAt: EPOCH,
      termination: { at: EPOCH, message: '' },
      incarnation: 2,
    });
    expect(run(before, operation)).toEqual({
      kind: 'update',
      instance: aScheduledInstance({
        since: NOW,
        incarnation: 2,
        runSpecHash: 'new' as ContentHash,
        runSpecVersion: version,
        configVersion: version,
      }),
      events: [{ ...changed('Scheduled', false), runSpecVersion: version }],
    });
  });

  it.for(CONDITIONS.filter((condition) => !ENDED.includes(condition)))(
    'does nothing to one that is %s',
    (condition) => {
      expect(run(anInstance({ condition }), operation)).toEqual({ kind: 'noop', why: 'has not ended' });
    },
  );

  it('does nothing to one that is not wanted', () => {
    expect(run(anInstance({ condition: 'Failed', goal: 'Decommissioned' }), operation).kind).toBe('noop');
  });
});

describe('operations of a superseded launch', () => {
  it.for([
    { kind: 'notStarted', launch: OTHER },
    { kind: 'rejected', launch: OTHER, reason: '' },
    { kind: 'vanished', launch: OTHER, reason: '' },
    { kind: 'killSent', launch: OTHER },
  ] satisfies readonly InstanceOperation[])('$kind: touches nothing', (operation) => {
    for (const instance of [anInstance(), provisioned(), aScheduledInstance()]) {
      expect(run(instance, operation)).toEqual({ kind: 'noop', why: 'another launch' });
    }
  });
});
