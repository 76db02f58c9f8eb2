import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyReports, type ProbeReport } from '../../../lib/health/apply-report.ts';
import { NO_RESULT, type ProbeResult } from '../../../lib/health/check-state.ts';
import { judgeHealth } from '../../../lib/health/judge-health.ts';
import type { HealthState, Instance } from '../../../lib/model/instance.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { renderHealthCheck } from '../../../lib/schema/render-app.ts';
import { aHealthCheck, anAppCheck, aReadinessCheck } from '../../fixtures/a-health-check.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

const NOW = EPOCH + 400_000;
const PASSED: ProbeResult = { kind: 'passed' };
const FAILED: ProbeResult = { kind: 'failed', cause: '500 Internal Server Error' };
const check = aHealthCheck();
const spec = anApp({ healthChecks: [check] });
const fresh = anInstance({ health: [NO_RESULT] });
const ALIVE: HealthState = { alive: true, consecutiveFailures: 0, firstSuccess: EPOCH, lastSuccess: EPOCH };
const well = anInstance({ health: [ALIVE] });

const report = (result: ProbeResult, at = NOW, index = 0): ProbeReport => ({
  kind: 'health',
  check: index,
  due: at - 10,
  at,
  result,
});
const timestamp = toTimestamp(NOW);
const { id, runSpec, runSpecVersion } = fresh;
const statusChanged = (alive: boolean) => ({
  appId: runSpec,
  instanceId: id,
  version: runSpecVersion,
  alive,
  eventType: 'health_status_changed_event',
  timestamp,
});
const summaryChanged = (healthy: boolean | null) => ({
  instanceId: id,
  runSpecId: runSpec,
  healthy,
  runSpecVersion,
  timestamp,
  eventType: 'instance_health_changed_event',
});
const failure = {
  appId: runSpec,
  taskId: id,
  healthCheck: renderHealthCheck(check),
  eventType: 'failed_health_check_event',
  timestamp,
};

describe('reports of the prober', () => {
  it('announce the first success, which somebody may wait for', () => {
    expect(applyReports(fresh, spec, [report(PASSED)], NOW)).toEqual({
      kind: 'changed',
      instance: {
        ...fresh,
        health: [{ alive: true, consecutiveFailures: 0, firstSuccess: NOW, lastSuccess: NOW }],
      },
      events: [statusChanged(true), summaryChanged(true)],
      wake: true,
    });
  });

  it('of a healthy task that stays so are not worth a write', () => {
    expect(applyReports(well, spec, [report(PASSED)], NOW)).toEqual({
      kind: 'steady',
      instance: { ...well, health: [{ ...ALIVE, lastSuccess: NOW }] },
    });
  });

  it('announce each failure, and that the task is not healthy any more', () => {
    const first = applyReports(well, spec, [report(FAILED)], NOW);
    expect(first).toEqual({
      kind: 'changed',
      instance: {
        ...well,
        health: [
          {
            ...ALIVE,
            alive: false,
            consecutiveFailures: 1,
            lastFailure: NOW,
            lastFailureCause: '500 Internal Server Error',
          },
        ],
      },
      events: [failure, statusChanged(false), summaryChanged(false)],
      wake: true,
    });
    const later = NOW + 60_000;
    expect(applyReports(first.instance, spec, [report(FAILED, later)], later)).toMatchObject({
      kind: 'changed',
      events: [{ ...failure, timestamp: toTimestamp(later) }],
      wake: false,
    });
  });

  it('wake the tick when a task is to be killed', () => {
    const ill = anInstance({ health: [{ ...ALIVE, alive: false, consecutiveFailures: 2, lastFailure: EPOCH }] });
    expect(applyReports(ill, spec, [report(FAILED)], NOW)).toMatchObject({ events: [failure], wake: true });
  });

  it.each<[string, Instance, ProbeReport]>([
    ['a task that has ended', { ...well, condition: 'Failed' }, report(FAILED)],
    ['a task out of reach', { ...well, condition: 'Unreachable' }, report(FAILED)],
    ['a failure in the grace period', fresh, report(FAILED, EPOCH + 30_000)],
    ['a check that the definition has not', well, report(FAILED, NOW, 1)],
    ['a readiness check that is not there', well, { kind: 'readiness', check: 0, state: { name: 'x', ready: true } }],
  ])('do nothing about %s', (_, instance, one) => {
    expect(applyReports(instance, spec, [one], NOW)).toEqual({ kind: 'steady', instance });
  });

  it('have no summary before each check has a result', () => {
    const two = anApp({ healthChecks: [check, check] });
    const unknown = anInstance({ health: [NO_RESULT, NO_RESULT] });
    const one = applyReports(unknown, two, [report(PASSED)], NOW);
    expect(one).toMatchObject({ events: [statusChanged(true)] });
    expect(applyReports(one.instance, two, [report(FAILED, NOW, 1)], NOW)).toMatchObject({
      events: [failure, summaryChanged(false)],
    });
  });

  it('of a check that decides nothing are stored when they change, and wake nobody', () => {
    const shown = anApp({ check: anAppCheck() });
    const found = { kind: 'check', state: { result: { kind: 'http', statusCode: 500 } } } as const;
    const begun = anInstance({ check: {} });
    const told = { ...begun, check: found.state };
    expect(applyReports(begun, shown, [found], NOW)).toEqual({
      kind: 'changed',
      instance: told,
      events: [],
      wake: false,
    });
    expect(applyReports(told, shown, [found], NOW)).toEqual({ kind: 'steady', instance: told });
    expect(applyReports(told, shown, [{ kind: 'check', state: {} }], NOW)).toEqual({
      kind: 'changed',
      instance: begun,
      events: [],
      wake: false,
    });
  });

  describe('of readiness', () => {
    const slow = anApp({ readinessChecks: [aReadinessCheck()] });
    const waiting = anInstance({ readiness: [{ name: 'readinessCheck', ready: false }] });
    const ready = { name: 'readinessCheck', ready: true };
    const busy = { name: 'readinessCheck', ready: false, lastResponse: { status: 503, contentType: '', body: 'busy' } };

    it('wake the deployment that waits', () => {
      expect(applyReports(waiting, slow, [{ kind: 'readiness', check: 0, state: ready }], NOW)).toEqual({
        kind: 'changed',
        instance: { ...waiting, readiness: [ready] },
        events: [],
        wake: true,
      });
    });

    it('keep the last answer, and change nothing once it is ready', () => {
      const kept = applyReports(waiting, slow, [{ kind: 'readiness', check: 0, state: busy }], NOW);
      expect(kept).toEqual({ kind: 'changed', instance: { ...waiting, readiness: [busy] }, events: [], wake: false });
      const done = anInstance({ readiness: [ready] });
      expect(applyReports(done, slow, [{ kind: 'readiness', check: 0, state: busy }], NOW)).toEqual({
        kind: 'steady',
        instance: done,
      });
    });
  });
});

describe('an unhealthy task', () => {
  const outcome = fc.constantFrom<ProbeResult>(PASSED, FAILED, FAILED, { kind: 'ignored' });

  it('is killed on exactly its last failure in a row, whatever came before, twice or late', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ result: outcome, times: fc.integer({ min: 1, max: 3 }), late: fc.boolean() })),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 60 }),
        (probes, maxConsecutiveFailures, gracePeriodSeconds) => {
          const strict = aHealthCheck({ maxConsecutiveFailures, gracePeriodSeconds, intervalSeconds: 10 });
          const app = anApp({ healthChecks: [strict] });
          let instance = fresh;
          let [inRow, wasAlive] = [0, false];
          let before: ProbeReport | undefined;
          for (const [index, { result, times, late }] of probes.entries()) {
            const at = fresh.since + (index + 1) * 10_000;
            const one = report(result, at);
            const again = Array.from({ length: times }, () => (late ? (before ?? one) : one));
            instance = applyReports(instance, app, [one, ...again], at).instance;
            const inGrace = !wasAlive && at < fresh.since + gracePeriodSeconds * 1000;
            if (result.kind === 'passed') [inRow, wasAlive] = [0, true];
            else if (result.kind === 'failed' && !inGrace) inRow += 1;
            expect(instance.health[0]?.consecutiveFailures).toBe(inRow);
            expect(judgeHealth(instance, app.healthChecks, at).kind).toBe(
              inRow >= maxConsecutiveFailures ? 'kill' : 'keep',
            );
            before = one;
          }
        },
      ),
    );
  });
});
