import { describe, expect, it } from 'vitest';
import { asHealthCheck, checkAtLaunch, recordContainerCheck, resultOf } from '../../../lib/health/app-check.ts';
import { NO_RESULT } from '../../../lib/health/check-state.ts';
import { containerHealthCheck } from '../../../lib/health/container-check.ts';
import { checksAtLaunch, isHealthy, withAllChecks } from '../../../lib/health/instance-health.ts';
import { isProbedTask, probedTask } from '../../../lib/health/probed-tasks.ts';
import type { CheckResult, CheckState, Instance } from '../../../lib/model/instance.ts';
import type { ProbeOutcome } from '../../../lib/model/probe.ts';
import type { AppProbe } from '../../../lib/model/run-spec.ts';
import { aHealthCheck, anAppCheck, aReadinessCheck } from '../../fixtures/a-health-check.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

const ANSWERED: ProbeOutcome = { kind: 'answered', status: 503, reason: 'busy', contentType: '', body: '' };
const REFUSED: ProbeOutcome = { kind: 'failed', cause: 'refused', timedOut: false };
const shell = { kind: 'exec', command: { shell: 'test -e ok' } } as const;

describe('a check of an app', () => {
  const times = {
    intervalSeconds: 60,
    timeoutSeconds: 20,
    delaySeconds: 15,
    gracePeriodSeconds: 0,
    maxConsecutiveFailures: 0,
    ipProtocol: 'IPv4',
  };

  it.each<[AppProbe, object]>([
    [
      { kind: 'http', scheme: 'HTTP', path: '/a', portIndex: 1 },
      { protocol: 'MESOS_HTTP', path: '/a', portIndex: 1 },
    ],
    [
      { kind: 'http', scheme: 'HTTPS', port: 80 },
      { protocol: 'MESOS_HTTPS', port: 80 },
    ],
    [
      { kind: 'tcp', portIndex: 0 },
      { protocol: 'MESOS_TCP', portIndex: 0 },
    ],
  ])('asks as a health check on the agent does: %j', (probe, asked) => {
    expect(asHealthCheck(anAppCheck({ probe }))).toEqual({ ...times, ...asked });
  });

  it.each<[string, AppProbe, object | undefined]>([
    ['a shell command', shell, { command: ['CMD-SHELL', 'test -e ok'] }],
    ['words', { kind: 'exec', command: { argv: ['probe', '-v'] } }, { command: ['CMD', 'probe', '-v'] }],
    ['HTTP', { kind: 'http', scheme: 'HTTP' }, undefined],
  ])('is the container’s own when it is %s', (_, probe, rendered) => {
    const check = anAppCheck({ probe });
    expect(containerHealthCheck({ healthChecks: [aHealthCheck()], check })).toEqual(
      rendered && { interval: 60, timeout: 20, retries: 1, startPeriod: 15, ...rendered },
    );
    expect(asHealthCheck(check) === undefined).toBe(rendered !== undefined);
  });

  it.each<['http' | 'tcp', ProbeOutcome, CheckResult | undefined]>([
    ['http', ANSWERED, { kind: 'http', statusCode: 503 }],
    ['http', REFUSED, undefined],
    ['tcp', { kind: 'connected' }, { kind: 'tcp', succeeded: true }],
    ['tcp', REFUSED, { kind: 'tcp', succeeded: false }],
  ])('over %s tells what it found: %j', (kind, outcome, result) => {
    expect(resultOf(outcome, kind)).toEqual(result);
  });

  it('that a container runs tells whether it failed', () => {
    const own = checkAtLaunch(anAppCheck({ probe: shell }));
    expect(own).toEqual({ container: true });
    expect(recordContainerCheck(own, 'HEALTHY')).toEqual({ ...own, result: { kind: 'command', exitCode: 0 } });
    expect(recordContainerCheck(own, 'UNHEALTHY')).toEqual({ ...own, result: { kind: 'command', exitCode: 1 } });
    const asked: CheckState = { result: { kind: 'tcp', succeeded: true } };
    expect(recordContainerCheck(asked, 'UNHEALTHY')).toBe(asked);
  });

  it('decides nothing, and is asked unless the container runs it', () => {
    const failing = anInstance({ check: { result: { kind: 'http', statusCode: 500 } } });
    expect(isHealthy(failing)).toBe(true);
    expect(isProbedTask(failing)).toBe(true);
    expect(isProbedTask(anInstance({ check: { container: true } }))).toBe(false);
  });
});

describe('an instance that was launched before its checks were run', () => {
  const spec = anApp({
    healthChecks: [aHealthCheck(), aHealthCheck({ protocol: 'COMMAND', command: 'true' })],
    readinessChecks: [aReadinessCheck()],
    check: anAppCheck(),
  });
  const all = checksAtLaunch(spec);
  const known = { alive: true, consecutiveFailures: 0, firstSuccess: 1, lastSuccess: 1 };

  it.each<[string, Partial<Instance>, Partial<Instance>]>([
    ['all', {}, {}],
    ['some', { health: [known] }, { health: [known, ...all.health.slice(1)] }],
    ['the check', { health: all.health, readiness: all.readiness }, {}],
  ])('has %s of them, unknown', (_, has, gets) => {
    const old = anInstance(has);
    const complete = withAllChecks(old, all);
    expect(complete).toEqual({ ...old, ...all, ...gets });
    expect(isHealthy(complete)).toBe(false);
    expect(isProbedTask(complete)).toBe(true);
    expect(probedTask(complete)).not.toBe(probedTask(old));
  });

  it('keeps what is known', () => {
    const instance = anInstance({
      health: [known, { ...NO_RESULT, container: { retries: 3 } }],
      readiness: [{ name: 'readinessCheck', ready: true }],
      check: { result: { kind: 'http', statusCode: 200 } },
    });
    expect(withAllChecks(instance, all)).toBe(instance);
    expect(withAllChecks(anInstance(), checksAtLaunch(anApp()))).toEqual(anInstance());
  });
});
