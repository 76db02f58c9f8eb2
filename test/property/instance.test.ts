import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InstanceOperation, reduceInstance } from '../../lib/instance/reduce-instance.ts';
import type { ContentHash, LaunchId, TaskArn } from '../../lib/model/ids.ts';
import { type Instance, isTerminal } from '../../lib/model/instance.ts';
import type { TaskSighting } from '../../lib/model/task.ts';
import { toTimestamp } from '../../lib/model/timestamp.ts';
import { EPOCH } from '../fixtures/an-app.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../fixtures/an-instance.ts';
import { aSighting } from '../unit/instance/a-sighting.ts';

const applied = (instance: Instance, operation: InstanceOperation, now = EPOCH): Instance => {
  const effect = reduceInstance(instance, operation, now);
  return effect.kind === 'update' ? effect.instance : instance;
};

const launch = fc.constantFrom(...['l1', 'l2'].map((id) => id as LaunchId));
const task = fc
  .record({
    launch,
    arn: fc.constantFrom(...['t1', 't2'].map((arn) => arn as TaskArn)),
    version: fc.integer({ min: 1, max: 6 }),
    lastStatus: fc.constantFrom('PENDING', 'ACTIVATING', 'RUNNING', 'STOPPING', 'STOPPED'),
    desiredStatus: fc.constantFrom('RUNNING', 'STOPPED'),
    exitCode: fc.nat({ max: 2 }),
    stopCode: fc.constantFrom('UserInitiated', 'EssentialContainerExited', 'SpotInterruption'),
  })
  .map((fields) => aSighting(fields));
const operation: fc.Arbitrary<InstanceOperation> = fc.oneof(
  { weight: 3, arbitrary: task.map((seen) => ({ kind: 'seen' as const, task: seen })) },
  launch.map((id) => ({
    kind: 'provision' as const,
    launch: id,
    agent: anInstanceAgent(),
    hostPorts: [31_000],
    checks: { health: [], readiness: [] },
  })),
  launch.map((id) => ({ kind: 'notStarted' as const, launch: id })),
  launch.map((id) => ({ kind: 'rejected' as const, launch: id, reason: 'no' })),
  launch.map((id) => ({ kind: 'vanished' as const, launch: id, reason: 'gone' })),
  launch.map((id) => ({ kind: 'killSent' as const, launch: id })),
  fc.record({ kind: fc.constant('killSent' as const), launch, task }),
  fc.constantFrom('Stopped' as const, 'Decommissioned' as const).map((goal) => ({ kind: 'setGoal' as const, goal })),
  fc.constant({
    kind: 'reschedule' as const,
    runSpecHash: 'h' as ContentHash,
    runSpecVersion: toTimestamp(EPOCH),
    configVersion: toTimestamp(EPOCH),
  }),
);
const history = fc
  .array(operation, { maxLength: 20 })
  .map((operations) => operations.reduce((instance, one) => applied(instance, one), aScheduledInstance()));

describe('the state of an instance', () => {
  it('is the same after an operation that comes twice as after one that came once', () => {
    fc.assert(
      fc.property(history, operation, (instance, one) => {
        const once = applied(instance, one);
        expect(applied(once, one)).toEqual(once);
      }),
    );
  });

  it('is touched by nothing that belongs to another launch, or is not newer than what is known', () => {
    fc.assert(
      fc.property(history, task, (instance, seen) => {
        fc.pre(seen.launch !== instance.launch?.id || seen.version <= (instance.launch?.ecsVersion ?? 0));
        expect(reduceInstance(instance, { kind: 'seen', task: seen }, EPOCH).kind).toBe('noop');
      }),
    );
  });

  it('has a launch, an agent and a time to be active exactly when a launch is on its way or running', () => {
    fc.assert(
      fc.property(history, (instance) => {
        const waiting = instance.condition === 'Scheduled';
        expect(instance.launch === undefined).toBe(waiting);
        expect(instance.agent === undefined).toBe(waiting);
        expect(instance.activeSince === undefined).toBe(waiting || isTerminal(instance.condition));
        expect(instance.termination !== undefined).toBe(isTerminal(instance.condition));
      }),
    );
  });

  it('says of each change of condition or goal just one thing', () => {
    fc.assert(
      fc.property(history, operation, (instance, one) => {
        const effect = reduceInstance(instance, one, EPOCH);
        const events = effect.kind === 'update' ? effect.events : [];
        const next = effect.kind === 'update' ? effect.instance : instance;
        const moved = next.condition !== instance.condition || next.goal !== instance.goal;
        const told = events.filter(({ eventType }) => eventType === 'instance_changed_event');
        expect(told.map(({ condition }) => condition)).toEqual(moved ? [next.condition] : []);
      }),
    );
  });
});

describe('the events of one task', () => {
  /** Its life, in ECS's order. */
  const life = fc
    .record({
      steps: fc.subarray(['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING', 'DEACTIVATING', 'STOPPING']),
      stopCode: fc.constantFrom('UserInitiated', 'EssentialContainerExited', 'TaskFailedToStart', 'SpotInterruption'),
      exitCode: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
    })
    .map(({ steps, stopCode, exitCode }) =>
      [...steps, 'STOPPED'].map((lastStatus, index): TaskSighting => {
        const ends = ['DEACTIVATING', 'STOPPING', 'STOPPED'].includes(lastStatus);
        const end = { desiredStatus: 'STOPPED', stopCode, ...(exitCode === undefined ? {} : { exitCode }) };
        return aSighting({ version: index + 2, lastStatus, stoppedAt: EPOCH + 1, ...(ends ? end : {}) });
      }),
    );
  /** Any of them, in any order, some twice, the last among them. */
  const delivered = life.chain((events) =>
    fc
      .tuple(fc.subarray(events), fc.subarray(events))
      .chain(([some, again]) => {
        const told = [...some, ...again, ...events.slice(-1)];
        return fc.shuffledSubarray(told, { minLength: told.length });
      })
      .map((told) => ({ events, told })),
  );

  it('end in the same state however they are delivered', () => {
    fc.assert(
      fc.property(delivered, ({ events, told }) => {
        const start = anInstance({ condition: 'Staging' });
        const deliver = (all: readonly TaskSighting[]): Instance =>
          all.reduce((instance, seen) => applied(instance, { kind: 'seen', task: seen }), start);
        const { startedAt: _1, ...inOrder } = deliver(events);
        const { startedAt: _2, ...asTold } = deliver(told);
        expect(isTerminal(inOrder.condition)).toBe(true);
        expect(asTold).toEqual(inOrder);
      }),
    );
  });
});
