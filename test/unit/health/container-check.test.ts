import { describe, expect, it } from 'vitest';
import { NO_RESULT } from '../../../lib/health/check-state.ts';
import { containerHealthCheck, recordContainerHealth } from '../../../lib/health/container-check.ts';
import { checksAtLaunch, hasBecomeHealthy, isHealthy, summaryOf } from '../../../lib/health/instance-health.ts';
import type { HealthState } from '../../../lib/model/instance.ts';
import type { HealthCheck } from '../../../lib/model/run-spec.ts';
import { aHealthCheck, aReadinessCheck } from '../../fixtures/a-health-check.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

const command = (overrides: Partial<HealthCheck> = {}): HealthCheck =>
  aHealthCheck({ protocol: 'COMMAND', command: 'test -e ok', ...overrides });

describe('a COMMAND check', () => {
  const rendered = {
    command: ['CMD-SHELL', 'test -e ok'],
    interval: 60,
    timeout: 20,
    retries: 3,
    startPeriod: 300,
  };

  it.each<[string, Partial<HealthCheck>, object]>([
    ['with Marathon’s defaults', {}, {}],
    [
      'at the least',
      { intervalSeconds: 0, timeoutSeconds: 0, maxConsecutiveFailures: 0, gracePeriodSeconds: 0 },
      { interval: 5, timeout: 2, retries: 1, startPeriod: 0 },
    ],
    [
      'at the most',
      { intervalSeconds: 900, timeoutSeconds: 90, maxConsecutiveFailures: 20, gracePeriodSeconds: 900 },
      { interval: 300, timeout: 60, retries: 10, startPeriod: 300 },
    ],
  ])('is the container’s own %s', (_, overrides, fields) => {
    const healthChecks = [aHealthCheck(), command(overrides), command({ command: 'second' })];
    expect(containerHealthCheck({ healthChecks })).toEqual({ ...rendered, ...fields });
  });

  it('is none of the container without a command', () => {
    expect(containerHealthCheck({ healthChecks: [aHealthCheck()] })).toBeUndefined();
  });

  it('hears of its container’s health, each change once', () => {
    const { health } = checksAtLaunch(anApp({ healthChecks: [aHealthCheck(), command()] }));
    const container = { retries: 3 };
    expect(health).toEqual([NO_RESULT, { ...NO_RESULT, container }]);

    const well = recordContainerHealth(health, 'HEALTHY', EPOCH);
    const passed = { alive: true, consecutiveFailures: 0, firstSuccess: EPOCH, lastSuccess: EPOCH, container };
    expect(well).toEqual([NO_RESULT, passed]);
    expect(recordContainerHealth(well, 'HEALTHY', EPOCH + 1)).toEqual(well);

    const ill = recordContainerHealth(well, 'UNHEALTHY', EPOCH + 2);
    const lastFailureCause = 'the command failed 3 times in a row';
    expect(ill).toEqual([
      NO_RESULT,
      { ...passed, alive: false, consecutiveFailures: 3, lastFailure: EPOCH + 2, lastFailureCause },
    ]);
    expect(recordContainerHealth(ill, 'UNHEALTHY', EPOCH + 3)).toEqual(ill);
  });
});

describe('the health of an instance', () => {
  const alive: HealthState = { alive: true, consecutiveFailures: 0, firstSuccess: EPOCH, lastSuccess: EPOCH };
  const failing: HealthState = { ...alive, alive: false, consecutiveFailures: 1, lastFailure: EPOCH };
  const neverAlive: HealthState = { alive: false, consecutiveFailures: 1, lastFailure: EPOCH };
  const notReady = { name: 'readinessCheck', ready: false };

  it.each([
    ['without checks', [], undefined, true, true],
    ['all alive', [alive, alive], true, true, true],
    ['one not alive any more', [alive, failing], false, false, true],
    ['one never alive', [alive, neverAlive], false, false, false],
    ['one without a result', [failing, NO_RESULT], undefined, false, false],
  ])('%s', (_, health, summary, healthy, became) => {
    const instance = anInstance({ health });
    expect(summaryOf(health)).toBe(summary);
    expect(isHealthy(instance)).toBe(healthy);
    expect(hasBecomeHealthy(instance)).toBe(became);
  });

  it('waits for readiness, and for the task to run', () => {
    expect(checksAtLaunch(anApp({ readinessChecks: [aReadinessCheck()] })).readiness).toEqual([notReady]);
    for (const instance of [anInstance({ readiness: [notReady] }), anInstance({ condition: 'Starting' })]) {
      expect(isHealthy(instance)).toBe(false);
      expect(hasBecomeHealthy(instance)).toBe(false);
    }
  });
});
