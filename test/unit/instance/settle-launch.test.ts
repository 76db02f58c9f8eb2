import { describe, expect, it } from 'vitest';
import { newInstance } from '../../../lib/instance/new-instance.ts';
import { reduceInstance } from '../../../lib/instance/reduce-instance.ts';
import { overdueAt, settleLaunch } from '../../../lib/instance/settle-launch.ts';
import type { ContentHash, LaunchId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';

const silent = (fields: Partial<Instance> = {}): Instance =>
  anInstance({ condition: 'Provisioned', launch: { id: 'l' as LaunchId, at: EPOCH, ecsVersion: 0 }, ...fields });

describe('a launch that nobody has seen (design §4)', () => {
  it.for([
    { at: 0, looked: undefined, is: { kind: 'wait', until: 5_000 } },
    { at: 4_999, looked: undefined, is: { kind: 'wait', until: 5_000 } },
    { at: 5_000, looked: undefined, is: { kind: 'look' } },
    { at: 5_000, looked: 5_000, is: { kind: 'wait', until: 20_000 } },
    { at: 19_999, looked: 6_000, is: { kind: 'wait', until: 20_000 } },
    { at: 20_000, looked: 6_000, is: { kind: 'look' } },
    { at: 20_000, looked: 20_000, is: { kind: 'wait', until: 75_000 } },
    { at: 74_999, looked: 20_000, is: { kind: 'wait', until: 75_000 } },
    { at: 75_000, looked: 20_000, is: { kind: 'look' } },
    { at: 75_000, looked: 75_000, is: { kind: 'giveUp' } },
    // A tick in a new process knows of no look: it looks before it gives up.
    { at: 600_000, looked: undefined, is: { kind: 'look' } },
    { at: 600_000, looked: 600_000, is: { kind: 'giveUp' } },
    { at: 600_000, looked: 30_000, is: { kind: 'look' } },
  ])('after $at ms, last looked for at $looked: $is.kind', ({ at, looked, is }) => {
    const moved = 'until' in is ? { ...is, until: EPOCH + (is.until ?? 0) } : is;
    expect(settleLaunch(silent(), looked === undefined ? undefined : EPOCH + looked, EPOCH + at)).toEqual(moved);
  });

  it.for([
    { what: 'the task is known', instance: anInstance({ condition: 'Provisioned' }) },
    { what: 'it was seen', instance: silent({ condition: 'Staging' }) },
    { what: 'there is none', instance: aScheduledInstance() },
  ])('is settled when $what', ({ instance }) => {
    expect(settleLaunch(instance, undefined, EPOCH + 600_000)).toEqual({ kind: 'settled' });
  });
});

it('a new instance is wanted, waits, and belongs to its version and configuration', () => {
  const spec = anApp({
    versionInfo: { lastScalingAt: toTimestamp(EPOCH), lastConfigChangeAt: toTimestamp(EPOCH - 5) },
  });
  const { id } = anInstance();
  expect(newInstance(id, spec, 'hash' as ContentHash, EPOCH)).toEqual(
    aScheduledInstance({ id, since: EPOCH, runSpecHash: 'hash' as ContentHash, configVersion: toTimestamp(EPOCH - 5) }),
  );
});

describe('a task that does not run in time (scheduling.md §5.2)', () => {
  const staged = anInstance({ condition: 'Staging', stagedAt: EPOCH });

  it.for([
    [staged, EPOCH + 300_000],
    [anInstance({ condition: 'Starting', stagedAt: EPOCH }), EPOCH + 300_000],
    [anInstance({ stagedAt: EPOCH }), undefined],
    [silent({ stagedAt: EPOCH }), undefined],
    [{ ...staged, goal: 'Decommissioned' }, undefined],
    [anInstance({ condition: 'Unreachable', stagedAt: EPOCH }), undefined],
  ] as const)('%#: overdue at %s', ([instance, at]) => {
    expect(overdueAt(instance)).toBe(at);
  });

  it('is marked once, when the time is over', () => {
    const launch = staged.launch?.id as LaunchId;
    const operation = { kind: 'overdue', launch } as const;
    expect(reduceInstance(staged, operation, EPOCH + 299_999).kind).toBe('noop');
    const marked = { ...staged, overdue: true as const };
    expect(reduceInstance(staged, operation, EPOCH + 300_000)).toEqual({
      kind: 'update',
      instance: marked,
      events: [],
    });
    expect(reduceInstance(marked, operation, EPOCH + 300_000).kind).toBe('noop');
    expect(reduceInstance(staged, { kind: 'overdue', launch: 'other' as LaunchId }, EPOCH + 300_000).kind).toBe('noop');
  });
});
