import { describe, expect, it } from 'vitest';
import { type InstanceEffect, type InstanceOperation, reduceInstance } from '../../../lib/instance/reduce-instance.ts';
import type { ContentHash, LaunchId, TaskArn } from '../../../lib/model/ids.ts';
import type { Condition, Instance } from '../../../lib/model/instance.ts';
import type { MarathonEvent } from '../../../lib/model/outbox.ts';
import type { TaskSighting } from '../../../lib/model/task.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { aSighting } from './a-sighting.ts';

const NOW = EPOCH + 60_000;
const OTHER = '11111111-0000-4000-8000-000000000000' as LaunchId;
const LAUNCH = aSighting().launch ?? OTHER;
const ARN = aSighting().arn;

const CONDITIONS: readonly Condition[] = [
  'Scheduled',
  'Provisioned',
  'Staging',
  'Starting',
  'Running',
  'Killing',
  'Unreachable',
  'UnreachableInactive',
  'Finished',
  'Killed',
  'Failed',
  'Error',
  'Gone',
  'Dropped',
  'Unknown',
];
const ENDED: readonly Condition[] = ['Finished', 'Killed', 'Failed', 'Error', 'Gone', 'Dropped', 'Unknown'];

const run = (instance: Instance, operation: InstanceOperation): InstanceEffect =>
  reduceInstance(instance, operation, NOW);
const provisioned = (): Instance => ({
  ...anInstance({ condition: 'Provisioned', launch: { id: LAUNCH, at: EPOCH, ecsVersion: 0 } }),
});

const changed = (condition: Condition, on = true): MarathonEvent => ({
  instanceId: anInstance().id,
  condition,
  runSpecId: '/app',
  agentId: on ? 'i-0a1' : null,
  host: on ? 'i-0a1.example.internal' : null,
  runSpecVersion: toTimestamp(EPOCH),
  timestamp: toTimestamp(NOW),
  eventType: 'instance_changed_event',
});
const status = (taskStatus: string, message = ''): MarathonEvent => ({
  slaveId: 'i-0a1',
  taskId: `${anInstance().id}._app.1`,
  taskStatus,
  message,
  appId: '/app',
  host: 'i-0a1.example.internal',
  ipAddresses: [{ ipAddress: '10.0.1.20', protocol: 'IPv4' }],
  ports: [31_000],
  version: toTimestamp(EPOCH),
  eventType: 'status_update_event',
  timestamp: toTimestamp(NOW),
});

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
