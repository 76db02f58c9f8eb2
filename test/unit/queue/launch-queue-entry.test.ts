import { describe, expect, test } from 'vitest';
import { type LaunchId, toInstanceId } from '../../../lib/model/ids.ts';
import type { Condition, Instance } from '../../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../../lib/model/launch-queue.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { newQueueEntry, observeInstances, resetDelay } from '../../../lib/queue/launch-queue-entry.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';

const spec = anApp();
const fresh = newQueueEntry(spec);
const at = (seconds: number) => EPOCH + seconds * 1_000;

const launched = (id: string) => ({ id: id as LaunchId, at: EPOCH, ecsVersion: 1 });

function became(name: string, condition: Condition, seconds: number, overrides: Partial<Instance> = {}): Instance {
  return anInstance({
    id: toInstanceId(spec.id, name),
    condition,
    since: at(seconds),
    launch: launched(`launch-${name}`),
    ...overrides,
  });
}

const observe = (entry: LaunchQueueEntry, now: number, ...instances: readonly Instance[]) =>
  observeInstances(entry, spec, instances, at(now));

test('a new entry knows nothing', () => {
  expect(fresh).toEqual({ runSpec: '/app', configVersion: toTimestamp(EPOCH), counted: [], pending: [], doomed: [] });
});

test('a failure counts once, however often it is looked at', () => {
  const failed = became('a', 'Failed', 10);
  const once = observe(fresh, 11, failed);
  expect(once).toEqual({ ...fresh, counted: ['launch-a'], backoff: { delayMs: 1_000, reference: at(10) } });
  expect(observe(once, 12, failed)).toEqual(once);
});

test('each launch counts for itself; what is gone is forgotten', () => {
  const once = observe(fresh, 11, became('a', 'Failed', 10));
  const relaunched = became('a', 'Running', 12);
  const running = observe(once, 13, relaunched);
  expect(running).toEqual({ ...fresh, backoff: { delayMs: 1_000, reference: at(12) } });
  const again = became('a', 'Failed', 20, { launch: launched('launch-a2') });
  expect(observe(running, 21, again)).toEqual({
    ...fresh,
    counted: ['launch-a2'],
    backoff: { delayMs: 1_150, reference: at(20) },
  });
});

test('several at once count in the order of time', () => {
  const instances = [became('a', 'Finished', 30), became('b', 'Running', 20), became('c', 'Failed', 10)];
  expect(observe(fresh, 31, ...instances)).toEqual({
    ...fresh,
    counted: ['launch-c', 'launch-a'],
    backoff: { delayMs: 1_150, reference: at(30) },
  });
});

test('instances that run already do not make a delay', () => {
  expect(observe(fresh, 31, became('a', 'Running', 10), aScheduledInstance({ since: at(5) }))).toEqual(fresh);
});

describe('instances of another configuration', () => {
  const changed = { ...fresh, configVersion: toTimestamp(EPOCH - 1_000) };
  const former = became('a', 'Failed', 10, { configVersion: changed.configVersion });
  const delay = { delayMs: 1_000, reference: at(10) };

  test.for([
    { held: 'replaced', expected: { ...fresh } },
    // Launched again until their step comes, and as they were: the entry stays with what they are.
    { held: 'waiting', expected: { ...changed, counted: ['launch-a'], backoff: delay } },
    { held: 'kept', expected: { ...fresh, counted: ['launch-a'], backoff: delay } },
  ] as const)('$held', ({ held, expected }) => {
    expect(observeInstances(changed, spec, [former], at(11), held)).toEqual(expected);
  });

  test('no longer delay the new one when its step comes', () => {
    const waiting = observeInstances(changed, spec, [former], at(11), 'waiting');
    expect(observeInstances(waiting, spec, [former], at(12), 'replaced')).toEqual(fresh);
  });
});

describe('quiet (scheduling.md §5.1)', () => {
  const failed = became('a', 'Failed', 10);
  const delayed = observe(fresh, 11, failed);

  test('ends the delay, and does not count the old failure again', () => {
    const quiet = observe(delayed, 311, failed);
    expect(quiet).toEqual({ ...fresh, counted: ['launch-a'] });
    expect(observe(quiet, 312, failed)).toEqual(quiet);
  });

  test('before the next failure: that one is the first again, though no tick ran in between', () => {
    const late = observe(delayed, 400, failed, became('b', 'Failed', 399));
    expect(late.backoff).toEqual({ delayMs: 1_000, reference: at(399) });
  });

  test('is broken by a start', () => {
    const late = observe(delayed, 400, became('b', 'Running', 200), became('c', 'Failed', 399));
    expect(late.backoff).toEqual({ delayMs: 1_150, reference: at(399) });
  });
});

describe('a new configuration (scheduling.md §5.1)', () => {
  const delayed = observe(fresh, 11, became('a', 'Failed', 10));
  const changed = toTimestamp(at(20));

  test('starts without a delay, and its failures alone count', () => {
    const upgraded = anApp({ version: changed, versionInfo: { lastScalingAt: changed, lastConfigChangeAt: changed } });
    const entry = observeInstances(delayed, upgraded, [became('a', 'Failed', 10)], at(21));
    expect(entry).toEqual({ ...fresh, configVersion: changed });
    const failed = became('b', 'Failed', 22, { configVersion: changed });
    expect(observeInstances(entry, upgraded, [failed], at(23)).backoff).toEqual({ delayMs: 1_000, reference: at(22) });
  });

  test('scaling is none', () => {
    const scaled = anApp({
      version: changed,
      instances: 9,
      versionInfo: { ...spec.versionInfo, lastScalingAt: changed },
    });
    expect(observeInstances(delayed, scaled, [became('a', 'Failed', 10)], at(21))).toEqual(delayed);
  });
});

test('a reset ends the delay and keeps the rest, so that counted failures stay counted', () => {
  const failed = became('a', 'Failed', 10);
  const reset = resetDelay(observe({ ...fresh, pending: [failed.id] }, 11, failed));
  expect(reset).toEqual({ ...fresh, pending: [failed.id], counted: ['launch-a'] });
  expect(observe(reset, 12, failed)).toEqual(reset);
});
