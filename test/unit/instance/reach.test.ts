import { describe, expect, it } from 'vitest';
import { judgeReach } from '../../../lib/instance/reach.ts';
import { reduceInstance } from '../../../lib/instance/reduce-instance.ts';
import type { LaunchId } from '../../../lib/model/ids.ts';
import type { Condition, Instance } from '../../../lib/model/instance.ts';
import type { UnreachableStrategy } from '../../../lib/model/run-spec.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { aSighting } from './a-sighting.ts';

const LOST_AT = EPOCH + 100_000;
const LAUNCH = anInstance().launch?.id as LaunchId;
const LOST = { kind: 'lost', lostAt: LOST_AT } as const;
const strategy = (inactiveAfterSeconds: number, expungeAfterSeconds: number): UnreachableStrategy => ({
  inactiveAfterSeconds,
  expungeAfterSeconds,
});

describe('what an unreachable strategy asks for (deployments.md §7)', () => {
  it.for<{ given: UnreachableStrategy; age: number; kind: string; due?: number }>([
    { given: strategy(0, 0), age: 0, kind: 'expunge' },
    { given: strategy(0, 10), age: 0, kind: 'inactive', due: 10 },
    { given: strategy(5, 10), age: 0, kind: 'unreachable', due: 5 },
    { given: strategy(5, 10), age: 4.999, kind: 'unreachable', due: 5 },
    { given: strategy(5, 10), age: 5, kind: 'inactive', due: 10 },
    { given: strategy(5, 10), age: 9.999, kind: 'inactive', due: 10 },
    { given: strategy(5, 10), age: 10, kind: 'expunge' },
    { given: strategy(5, 5), age: 5, kind: 'expunge' },
    { given: 'disabled', age: 1_000_000, kind: 'unreachable' },
  ])('$given at the age of $age s: $kind', ({ given, age, kind, due }) => {
    const verdict = judgeReach(anInstance(), LOST, given, LOST_AT + age * 1000);
    const dueAt = kind === 'expunge' ? {} : { dueAt: due === undefined ? undefined : LOST_AT + due * 1000 };
    expect(verdict).toEqual({ kind, since: LOST_AT, ...dueAt });
  });

  it.for([
    ['one that ended', anInstance({ condition: 'Failed' })],
    ['one without a task', aScheduledInstance()],
    ['one whose start gave no answer yet', anInstance({ launch: { id: LAUNCH, at: EPOCH, ecsVersion: 0 } })],
  ] as const)('leaves %s alone', ([, instance]) => {
    expect(judgeReach(instance, LOST, strategy(0, 0), LOST_AT)).toEqual({ kind: 'none' });
  });

  it.for<Condition>(['Unreachable', 'UnreachableInactive'])('takes back %s on a reached agent', (condition) => {
    expect(judgeReach(anInstance({ condition }), { kind: 'reached' }, 'disabled', LOST_AT)).toEqual({
      kind: 'reachable',
    });
    expect(judgeReach(anInstance(), { kind: 'reached' }, 'disabled', LOST_AT)).toEqual({ kind: 'none' });
  });
});

describe('reach in the state machine', () => {
  const NOW = LOST_AT + 1_000;
  const apply = (instance: Instance, operation: Parameters<typeof reduceInstance>[1], now = NOW) => {
    const effect = reduceInstance(instance, operation, now);
    if (effect.kind === 'noop') throw new Error(effect.why);
    return effect;
  };
  const lose = (instance: Instance, kind: 'unreachable' | 'inactive' = 'unreachable') =>
    apply(instance, { kind, launch: LAUNCH, since: LOST_AT });

  it('tells of an instance that is lost, once', () => {
    const { instance, events } = lose(anInstance());
    expect(instance).toMatchObject({
      condition: 'Unreachable',
      goal: 'Running',
      since: NOW,
      activeSince: EPOCH + 2_000,
      unreachable: { since: LOST_AT, former: 'Running' },
    });
    expect(events).toMatchObject([
      { eventType: 'status_update_event', taskStatus: 'TASK_UNREACHABLE' },
      { eventType: 'instance_changed_event', condition: 'Unreachable' },
    ]);
    expect(reduceInstance(instance, { kind: 'unreachable', launch: LAUNCH, since: LOST_AT }, NOW).kind).toBe('noop');
  });

  it('gives it up, and does not take that back while the agent is lost', () => {
    const { instance, events } = lose(lose(anInstance()).instance, 'inactive');
    expect(instance).toMatchObject({ condition: 'UnreachableInactive', unreachable: { former: 'Running' } });
    expect(events).toMatchObject([{ eventType: 'instance_changed_event', condition: 'UnreachableInactive' }]);
    expect(reduceInstance(instance, { kind: 'unreachable', launch: LAUNCH, since: LOST_AT }, NOW).kind).toBe('noop');
  });

  it('brings it back as it was, with its age', () => {
    for (const lost of [lose(anInstance()).instance, lose(anInstance(), 'inactive').instance]) {
      const { instance, events } = apply(lost, { kind: 'reachable', launch: LAUNCH }, NOW + 5_000);
      expect(instance).toEqual({ ...anInstance(), since: NOW + 5_000 });
      expect(events).toMatchObject([
        { eventType: 'status_update_event', taskStatus: 'TASK_RUNNING' },
        { eventType: 'instance_changed_event', condition: 'Running' },
      ]);
    }
  });

  it('keeps what ECS says meanwhile until the agent is back, and believes an end at once', () => {
    const starting = lose(anInstance({ condition: 'Starting' })).instance;
    const running = apply(starting, { kind: 'seen', task: aSighting({ version: 5 }) });
    expect(running.instance).toMatchObject({ condition: 'Unreachable', unreachable: { former: 'Running' } });
    expect(running.events).toEqual([]);
    const over = apply(running.instance, {
      kind: 'seen',
      task: aSighting({ version: 6, lastStatus: 'STOPPED', stopCode: 'TerminationNotice' }),
    });
    expect(over.instance.condition).toBe('Gone');
    expect(over.instance).not.toHaveProperty('unreachable');
    const gone = apply(starting, { kind: 'vanished', launch: LAUNCH, reason: 'ECS does not know the task' });
    expect(gone.instance.condition).toBe('Gone');
    expect(gone.instance).not.toHaveProperty('unreachable');
  });

  it('does not concern an instance that ended, or one of another launch', () => {
    const ended = anInstance({ condition: 'Failed' });
    const other = 'another' as LaunchId;
    for (const kind of ['unreachable', 'inactive'] as const) {
      expect(reduceInstance(ended, { kind, launch: LAUNCH, since: LOST_AT }, NOW).kind).toBe('noop');
      expect(reduceInstance(anInstance(), { kind, launch: other, since: LOST_AT }, NOW).kind).toBe('noop');
    }
    expect(reduceInstance(anInstance(), { kind: 'reachable', launch: LAUNCH }, NOW).kind).toBe('noop');
  });
});
