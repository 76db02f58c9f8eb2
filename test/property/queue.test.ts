import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LaunchId, toInstanceId } from '../../lib/model/ids.ts';
import type { Condition, Instance } from '../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../lib/model/launch-queue.ts';
import { launchAllowedAt, mayLaunch, timeLeft } from '../../lib/queue/launch-delay.ts';
import { newQueueEntry, observeInstances } from '../../lib/queue/launch-queue-entry.ts';
import { anApp, EPOCH } from '../fixtures/an-app.ts';
import { anInstance } from '../fixtures/an-instance.ts';

const strategy = fc.record({
  backoffSeconds: fc.integer({ min: 0, max: 10 }),
  backoffFactor: fc.double({ min: 1, max: 3, noNaN: true }),
  maxLaunchDelaySeconds: fc.integer({ min: 0, max: 60 }),
});

/** An instant of today carries a fraction of a millisecond to about a four-thousandth. */
const ROUNDING = 0.001;

/** Three instances and what happens to them: each step is one instance's next condition, some seconds later. */
const history = fc.array(
  fc.record({
    instance: fc.nat(2),
    condition: fc.constantFrom<Condition>('Running', 'Staging', 'Failed', 'Finished', 'Killed', 'Unreachable'),
    after: fc.integer({ min: 0, max: 40 }),
    isSeen: fc.boolean(),
  }),
  { maxLength: 30 },
);

type Step = typeof history extends fc.Arbitrary<(infer S)[]> ? S : never;

const newLaunch = (step: number) => ({ id: `launch-${step}` as LaunchId, at: EPOCH, ecsVersion: 1 });

/** The instances after each step: a step of an ended instance is a new launch of it. */
function states(
  steps: readonly Step[],
): readonly { readonly now: number; readonly all: readonly Instance[]; readonly isSeen: boolean }[] {
  let now = EPOCH;
  let all: readonly Instance[] = [0, 1, 2].map((n) =>
    anInstance({ id: toInstanceId(anApp().id, String(n)), since: EPOCH, launch: newLaunch(-n - 1) }),
  );
  return steps.map(({ instance, condition, after, isSeen }, step) => {
    now += after * 1_000;
    all = all.map((each, n) => (n === instance ? { ...each, condition, since: now, launch: newLaunch(step) } : each));
    return { now, all, isSeen };
  });
}

test('the delay stays within the maximum, and what is left of it within the delay', () => {
  fc.assert(
    fc.property(strategy, history, (backoff, steps) => {
      const spec = anApp({ backoff });
      let entry = newQueueEntry(spec);
      for (const { now, all } of states(steps)) {
        entry = observeInstances(entry, spec, all, now);
        const delay = entry.backoff?.delayMs ?? 0;
        expect(delay).toBeLessThanOrEqual(backoff.maxLaunchDelaySeconds * 1_000);
        expect(timeLeft(entry.backoff, now)).toBeLessThanOrEqual(delay + ROUNDING);
        expect(mayLaunch(entry.backoff, now)).toBe((launchAllowedAt(entry.backoff) ?? now) <= now);
        expect(mayLaunch(entry.backoff, now + delay + ROUNDING)).toBe(true);
      }
    }),
  );
});

test('looking twice changes nothing, whenever a tick dies', () => {
  fc.assert(
    fc.property(strategy, history, (backoff, steps) => {
      const spec = anApp({ backoff });
      let entry = newQueueEntry(spec);
      for (const { now, all } of states(steps)) {
        entry = observeInstances(entry, spec, all, now);
        expect(observeInstances(entry, spec, all, now)).toEqual(entry);
      }
    }),
  );
});

test('between two looks only what was overwritten is lost: never more delay than with a look at each step', () => {
  fc.assert(
    fc.property(strategy, history, (backoff, steps) => {
      const spec = anApp({ backoff });
      const look = (entry: LaunchQueueEntry, { now, all }: ReturnType<typeof states>[number]) =>
        observeInstances(entry, spec, all, now);
      const seen = states(steps);
      const last = seen.at(-1);
      if (last === undefined) return;
      const always = seen.reduce(look, newQueueEntry(spec));
      const sometimes = look(seen.filter(({ isSeen }) => isSeen).reduce(look, newQueueEntry(spec)), last);
      expect(sometimes.backoff?.delayMs ?? 0).toBeLessThanOrEqual(always.backoff?.delayMs ?? 0);
    }),
  );
});
