import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/gateways/store.ts';
import { shardOf } from '../../../lib/health/probed-tasks.ts';
import type { ProbeOutcome } from '../../../lib/model/probe.ts';
import { aHealthCheck, anAppCheck, aReadinessCheck } from '../../fixtures/a-health-check.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { aProber, OK, REFUSED } from './a-prober.ts';

const check = aHealthCheck({ intervalSeconds: 10, timeoutSeconds: 5, gracePeriodSeconds: 0 });
const app = anApp({ healthChecks: [check] });
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const BLACK_HOLE: ProbeOutcome = { kind: 'failed', cause: 'no answer within 5 s', timedOut: true };
const portsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

describe('the prober', () => {
  it('finds out that a task is healthy, and writes nothing as long as it stays so', async () => {
    const prober = aProber(() => ({ outcome: OK }));
    const [task] = await prober.run(app, [31_000]);
    if (task === undefined) throw new Error('no task');
    prober.instanceWrites();
    const run = prober.start();
    await prober.clock.pass(5 * SECOND);
    expect((await prober.stored(task)).health).toMatchObject([{ alive: true, consecutiveFailures: 0 }]);
    expect(prober.instanceWrites()).toBe(1);
    await prober.clock.pass(5 * MINUTE);
    expect(prober.instanceWrites()).toBe(0);
    expect(prober.asked.length).toBeGreaterThanOrEqual(30);
    const gaps = prober.asked.slice(2).map(({ at }, index) => at - (prober.asked[index + 1]?.at ?? 0));
    expect(new Set(gaps.map((gap) => Math.round(gap)))).toEqual(new Set([10_000]));
    await prober.clock.pass(15 * MINUTE);
    expect(await run).toEqual({ outcome: 'timeIsUp' });
  });

  it('counts failures one by one, wakes the tick at the last, and then asks no more', async () => {
    let failing = false;
    const prober = aProber(() => ({ outcome: failing ? REFUSED : OK }));
    const [task] = await prober.run(app, [31_000]);
    if (task === undefined) throw new Error('no task');
    void prober.start();
    await prober.clock.pass(15 * SECOND);
    failing = true;
    const before = prober.asked.length;
    prober.instanceWrites();
    await prober.clock.pass(2 * MINUTE);
    expect(prober.asked.length - before).toBe(3);
    expect(prober.instanceWrites()).toBe(3);
    expect((await prober.stored(task)).health).toMatchObject([
      { alive: false, consecutiveFailures: 3, lastFailureCause: 'refused' },
    ]);
    expect((await prober.eventsOf(task)).map(({ eventType }) => eventType)).toEqual(['failed_health_check_event']);
  });

  it('asks until a task is ready, then no more', async () => {
    let status = 503;
    const prober = aProber(() => ({ outcome: { ...OK, status } }));
    const slow = anApp({ readinessChecks: [aReadinessCheck({ intervalSeconds: 5, timeoutSeconds: 1 })] });
    const [task] = await prober.run(slow, [31_000]);
    if (task === undefined) throw new Error('no task');
    void prober.start();
    await prober.clock.pass(30 * SECOND);
    expect((await prober.stored(task)).readiness).toEqual([{ name: 'readinessCheck', ready: false }]);
    status = 200;
    await prober.clock.pass(10 * SECOND);
    expect((await prober.stored(task)).readiness).toEqual([{ name: 'readinessCheck', ready: true }]);
    const asked = prober.asked.length;
    await prober.clock.pass(MINUTE);
    expect(prober.asked.length).toBe(asked);
  });

  it('asks what an app’s check wants to know, shows it, and kills nobody', async () => {
    let outcome: ProbeOutcome = { kind: 'answered', status: 500, reason: '', contentType: '', body: '' };
    const prober = aProber(() => ({ outcome }));
    const [task] = await prober.run(anApp({ check: anAppCheck({ intervalSeconds: 5, delaySeconds: 3 }) }), [31_000]);
    if (task === undefined) throw new Error('no task');
    prober.instanceWrites();
    void prober.start();
    await prober.clock.pass(2 * SECOND);
    expect(prober.asked).toEqual([]);
    await prober.clock.pass(MINUTE);
    expect(prober.asked.length).toBeGreaterThanOrEqual(11);
    expect((await prober.stored(task)).check).toEqual({ result: { kind: 'http', statusCode: 500 } });
    expect(prober.instanceWrites()).toBe(1);
    outcome = REFUSED;
    await prober.clock.pass(10 * SECOND);
    expect((await prober.stored(task)).check).toEqual({});
    expect(prober.instanceWrites()).toBe(1);
    expect(await prober.eventsOf(task)).toEqual([]);
  });

  it('never asks a slow task twice at once, and skips what it missed', async () => {
    const prober = aProber(() => ({ outcome: OK, afterMs: 25 * SECOND }));
    await prober.run(app, [31_000]);
    void prober.start();
    await prober.clock.pass(5 * MINUTE);
    const starts = prober.asked.map(({ at }) => at);
    for (const [index, at] of starts.slice(1).entries()) expect(at - (starts[index] ?? 0)).toBeGreaterThan(25 * SECOND);
    expect(starts.length).toBeGreaterThanOrEqual(9);
  });

  it('takes over what other writers change, and forgets tasks that are gone', async () => {
    let failing = false;
    const prober = aProber(() => ({ outcome: failing ? REFUSED : OK }));
    const [task] = await prober.run(app, [31_000]);
    if (task === undefined) throw new Error('no task');
    void prober.start();
    await prober.clock.pass(15 * SECOND);
    await prober.change(task, { killSentAt: 7 });
    failing = true;
    await prober.clock.pass(10 * SECOND);
    expect(await prober.stored(task)).toMatchObject({ killSentAt: 7, health: [{ consecutiveFailures: 1 }] });
    await prober.change(task, { condition: 'Killing' });
    await prober.clock.pass(10 * SECOND);
    const asked = prober.asked.length;
    await prober.clock.pass(MINUTE);
    expect(prober.asked.length).toBe(asked);
    expect((await prober.stored(task)).health).toMatchObject([{ consecutiveFailures: 1 }]);
  });

  it('lets black holes delay nobody', async () => {
    const isHole = (port: number): boolean => port >= 32_900;
    const prober = aProber((port) => (isHole(port) ? { outcome: BLACK_HOLE, afterMs: 20 * SECOND } : { outcome: OK }));
    await prober.run(anApp({ healthChecks: [{ ...check, maxConsecutiveFailures: 0 }] }), portsFrom(32_000, 1_000));
    void prober.start();
    await prober.clock.pass(2 * MINUTE);
    const times = Map.groupBy(
      prober.asked.filter(({ port }) => !isHole(port)),
      ({ port }) => port,
    );
    expect(times.size).toBe(900);
    for (const asked of times.values()) {
      for (const [index, { at }] of asked.slice(1).entries())
        expect(at - (asked[index]?.at ?? 0)).toBeLessThan(15 * SECOND + 100);
    }
    expect(prober.lags.filter((lag) => lag > 100)).toEqual([]);
  });

  it('spreads its questions over the interval', async () => {
    const prober = aProber(() => ({ outcome: OK }));
    await prober.run(app, portsFrom(31_000, 1_000));
    void prober.start();
    await prober.clock.pass(30 * SECOND);
    const began = prober.clock.now();
    prober.asked.length = 0;
    await prober.clock.pass(20 * SECOND);
    const perHalfSecond = Map.groupBy(prober.asked, ({ at }) => Math.floor((at - began) / 500));
    expect(prober.asked.length).toBe(2_000);
    for (const { length } of perHalfSecond.values()) expect(length).toBeLessThanOrEqual(100);
  });

  it('ends when nobody is left to ask, and cleans up', async () => {
    const prober = aProber(() => ({ outcome: OK }));
    const [task] = await prober.run(app, [31_000]);
    if (task === undefined) throw new Error('no task');
    const run = prober.start();
    await prober.clock.pass(10 * SECOND);
    await prober.change(task, { condition: 'Finished' });
    await prober.state.probing.putMark({ runSpec: task.runSpec, digest: '' });
    await prober.clock.pass(MINUTE);
    expect(await run).toEqual({ outcome: 'idle' });
    expect(await prober.state.probing.list()).toMatchObject({ marks: [], leases: [{ owner: '' }] });
  });

  it('survives an outage of the table: what it could not write counts once', async () => {
    let [down, failing] = [false, false];
    const prober = aProber(() => ({ outcome: failing ? REFUSED : OK }), {
      storeOf: (store) => ({
        ...store,
        async put(item, condition) {
          const done = await store.put(item, condition);
          // The write happens, and nobody hears of it.
          if (down) throw new StoreUnavailable('no answer');
          return done;
        },
      }),
    });
    const [task] = await prober.run(anApp({ healthChecks: [{ ...check, maxConsecutiveFailures: 5 }] }), [31_000]);
    if (task === undefined) throw new Error('no task');
    void prober.start();
    await prober.clock.pass(15 * SECOND);
    [down, failing] = [true, true];
    await prober.clock.pass(10 * SECOND);
    down = false;
    await prober.clock.pass(10 * SECOND);
    expect((await prober.stored(task)).health).toMatchObject([{ consecutiveFailures: 2 }]);
    expect(prober.errors).toEqual(['health results are kept for later']);
  });
});

describe('several probers', () => {
  it('of one shard: the second leaves it to the first', async () => {
    const prober = aProber(() => ({ outcome: OK }));
    await prober.run(app, [31_000]);
    void prober.start();
    await prober.clock.pass(SECOND);
    const second = prober.start();
    await prober.clock.pass(15 * SECOND);
    expect(await second).toEqual({ outcome: 'held' });
  });

  it('go on after one that died', async () => {
    const prober = aProber(() => ({ outcome: OK }));
    await prober.run(app, [31_000]);
    const now = prober.clock.now();
    await prober.state.probing.acquire(0, 'dead', now, now + 10_000);
    void prober.start();
    await prober.clock.pass(9 * SECOND);
    expect(prober.asked).toEqual([]);
    await prober.clock.pass(11 * SECOND);
    expect(prober.asked.length).toBeGreaterThan(0);
  });

  it('hand over without a gap, a double question or a lost failure', async () => {
    const fails = new Set([31_003]);
    const prober = aProber((port) => ({ outcome: fails.has(port) ? REFUSED : OK }));
    const every = { ...check, intervalSeconds: 1, maxConsecutiveFailures: 0 };
    const tasks = await prober.run(anApp({ healthChecks: [every] }), portsFrom(31_000, 20));
    const failing = tasks[3];
    if (failing === undefined) throw new Error('no task');
    const first = prober.start(120);
    await prober.clock.pass(50 * SECOND);
    const second = prober.start(300);
    await prober.clock.pass(10 * SECOND);
    expect(await first).toEqual({ outcome: 'handedOver' });
    await prober.clock.pass(60 * SECOND);
    for (const { hostPorts } of tasks) {
      const times = prober.asked.filter(({ port }) => port === hostPorts[0]).map(({ at }) => at);
      const gaps = times.slice(2).map((at, index) => at - (times[index + 1] ?? 0));
      for (const gap of gaps) expect(Math.abs(gap - SECOND)).toBeLessThan(300);
    }
    const asked = prober.asked.filter(({ port }) => port === 31_003).length;
    expect((await prober.stored(failing)).health[0]?.consecutiveFailures).toBe(asked);
    await prober.clock.pass(5 * MINUTE);
    expect(await second).toEqual({ outcome: 'timeIsUp' });
  });

  it('divide the tasks among them', async () => {
    const prober = aProber(() => ({ outcome: OK }), { shards: 3 });
    const tasks = await prober.run(app, portsFrom(31_000, 30));
    void prober.start(900, 1);
    await prober.clock.pass(20 * SECOND);
    const ours = tasks.filter((task) => shardOf(task, 3) === 1).flatMap(({ hostPorts }) => hostPorts);
    expect(ours.length).toBeGreaterThan(3);
    expect(new Set(prober.asked.map(({ port }) => port))).toEqual(new Set(ours));
  });
});
