import { describe, expect, it } from 'vitest';
import { judgeHealth } from '../../../lib/health/judge-health.ts';
import type { HealthState, Instance } from '../../../lib/model/instance.ts';
import { aHealthCheck } from '../../fixtures/a-health-check.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

const NOW = EPOCH + 1_000_000;
const SINCE = EPOCH + 2_000;

const failing = (consecutiveFailures: number, overrides: Partial<HealthState> = {}): HealthState => ({
  alive: false,
  consecutiveFailures,
  firstSuccess: SINCE + 1_000,
  lastFailure: NOW - 5_000,
  lastFailureCause: '500',
  ...overrides,
});
const KILL = { kind: 'kill', reason: '500' };
const KEEP = { kind: 'keep' };

describe('judgeHealth', () => {
  it.each([
    [0, 3, KEEP],
    [2, 3, KEEP],
    [3, 3, KILL],
    [4, 3, KILL],
    [1, 1, KILL],
    [1000, 0, KEEP],
  ])('after %i failures of at most %i', (failures, maxConsecutiveFailures, verdict) => {
    const instance = anInstance({ health: [failing(failures)] });
    expect(judgeHealth(instance, [aHealthCheck({ maxConsecutiveFailures })], NOW)).toEqual(verdict);
  });

  it.each<[string, Partial<Instance>]>([
    ['is let go anyway', { goal: 'Decommissioned' }],
    ['is out of reach', { condition: 'Unreachable' }],
    ['is being killed', { condition: 'Killing' }],
    ['has ended', { condition: 'Failed' }],
  ])('leaves alone what %s', (_, overrides) => {
    expect(judgeHealth(anInstance({ health: [failing(3)], ...overrides }), [aHealthCheck()], NOW)).toEqual(KEEP);
  });

  it('kills for any of several checks', () => {
    const instance = anInstance({ health: [failing(1), failing(3, { lastFailureCause: 'refused' })] });
    expect(judgeHealth(instance, [aHealthCheck(), aHealthCheck()], NOW)).toEqual({ kind: 'kill', reason: 'refused' });
  });

  describe('of a check that the container runs', () => {
    const check = aHealthCheck({ protocol: 'COMMAND', command: 'true', intervalSeconds: 10 });
    const container = { retries: 10 };

    it('kills as soon as it is unhealthy', () => {
      const instance = anInstance({ health: [failing(3, { container: { retries: 3 } })] });
      expect(judgeHealth(instance, [check], NOW)).toEqual(KILL);
    });

    it('counts failures beyond those of ECS by the clock', () => {
      const instance = anInstance({ health: [failing(10, { container })] });
      const strict = { ...check, maxConsecutiveFailures: 12 };
      const at = NOW - 5_000 + 20_000;
      expect(judgeHealth(instance, [strict], NOW)).toEqual({ kind: 'later', at });
      expect(judgeHealth(instance, [strict], at - 1)).toEqual({ kind: 'later', at });
      expect(judgeHealth(instance, [strict], at)).toEqual(KILL);
    });

    it('waits for the end of a grace period that ECS has no room for', () => {
      const { firstSuccess: _never, ...state } = failing(3, { container: { retries: 3 } });
      const patient = { ...check, gracePeriodSeconds: 2_000 };
      const at = SINCE + 2_000_000;
      const instance = anInstance({ health: [state] });
      expect(judgeHealth(instance, [patient], NOW)).toEqual({ kind: 'later', at });
      expect(judgeHealth(instance, [patient], at)).toEqual(KILL);
    });
  });
});
