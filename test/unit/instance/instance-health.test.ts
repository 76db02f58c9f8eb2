import { describe, expect, it } from 'vitest';
import { checksAtLaunch } from '../../../lib/health/instance-health.ts';
import { type InstanceOperation, reduceInstance } from '../../../lib/instance/reduce-instance.ts';
import type { LaunchId } from '../../../lib/model/ids.ts';
import type { HealthState, Instance } from '../../../lib/model/instance.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { aHealthCheck, anAppCheck, aReadinessCheck } from '../../fixtures/a-health-check.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../../fixtures/an-instance.ts';
import { aSighting } from './a-sighting.ts';

const NOW = EPOCH + 60_000;
const LAUNCH = '97c136bf-5a28-4821-9d94-480d9fbb01c8' as LaunchId;
const COMMAND = aHealthCheck({ protocol: 'COMMAND', command: 'true' });

function updated(instance: Instance, operation: InstanceOperation) {
  const effect = reduceInstance(instance, operation, NOW);
  if (effect.kind === 'noop') throw new Error(effect.why);
  return effect;
}

const isPassed = { alive: true, consecutiveFailures: 0, firstSuccess: NOW, lastSuccess: NOW };

describe('health in the state machine', () => {
  it('begins with each launch, without a result', () => {
    const checks = checksAtLaunch(anApp({ healthChecks: [COMMAND], readinessChecks: [aReadinessCheck()] }));
    const { instance } = updated(aScheduledInstance(), {
      kind: 'provision',
      launch: LAUNCH,
      agent: anInstanceAgent(),
      hostPorts: [],
      checks,
    });
    expect(instance).toMatchObject(checks);
  });

  it('hears from ECS of the checks that the container runs', () => {
    const { health } = checksAtLaunch(anApp({ healthChecks: [COMMAND] }));
    const starting = anInstance({ condition: 'Starting', health });
    const task = aSighting({ healthStatus: 'HEALTHY' });
    const { instance, events } = updated(starting, { kind: 'seen', task });
    expect(instance.health).toEqual([{ ...isPassed, container: { retries: 3 } }]);
    expect(events.map(({ eventType }) => eventType)).toEqual([
      'status_update_event',
      'health_status_changed_event',
      'instance_health_changed_event',
      'instance_changed_event',
    ]);
  });

  it('hears nothing of a task that does not run, or before there is news', () => {
    const { health } = checksAtLaunch(anApp({ healthChecks: [COMMAND] }));
    const starting = anInstance({ condition: 'Starting', health });
    for (const task of [
      aSighting({ lastStatus: 'ACTIVATING', healthStatus: 'HEALTHY' }),
      aSighting({ healthStatus: 'UNKNOWN' }),
      aSighting(),
    ]) {
      expect(updated(starting, { kind: 'seen', task }).instance.health).toEqual(health);
    }
  });

  it('hears of a check that the container runs, and forgets it with the launch', () => {
    const probe = { kind: 'exec', command: { shell: 'true' } } as const;
    const checks = checksAtLaunch(anApp({ check: anAppCheck({ probe }) }));
    const running = anInstance({ ...checks, condition: 'Running' });
    const { instance, events } = updated(running, { kind: 'seen', task: aSighting({ healthStatus: 'UNHEALTHY' }) });
    expect(instance.check).toEqual({ container: true, result: { kind: 'command', exitCode: 1 } });
    expect(events).toEqual([]);
    const { runSpecHash, runSpecVersion, configVersion } = running;
    const reschedule = { kind: 'reschedule', runSpecHash, runSpecVersion, configVersion } as const;
    expect(updated({ ...instance, condition: 'Failed' }, reschedule).instance).not.toHaveProperty('check');
  });

  it('begins for a task that was launched before its checks were run', () => {
    const checks = checksAtLaunch(anApp({ healthChecks: [COMMAND], check: anAppCheck() }));
    const old = anInstance();
    const operation: InstanceOperation = { kind: 'completeChecks', launch: LAUNCH, checks };
    const { instance, events } = updated(old, operation);
    expect(instance).toEqual({ ...old, ...checks });
    expect(events).toEqual([]);
    expect(reduceInstance(instance, operation, NOW)).toEqual({ kind: 'noop', why: 'has all' });
  });

  const ill: HealthState = { ...isPassed, alive: false, consecutiveFailures: 3, lastFailure: NOW };
  const condemn: InstanceOperation = { kind: 'condemn', launch: LAUNCH, reason: '500' };

  it('remembers that a task is killed for its health, and announces it once', () => {
    const unwell = anInstance({ health: [ill] });
    const { instance, events } = updated(unwell, condemn);
    expect(instance).toEqual({ ...unwell, unhealthy: '500' });
    expect(events).toEqual([
      {
        appId: '/app',
        taskId: `${unwell.id}._app.1`,
        instanceId: unwell.id,
        version: unwell.runSpecVersion,
        reason: '500',
        host: 'i-0a1.example.internal',
        slaveId: 'i-0a1',
        eventType: 'unhealthy_instance_kill_event',
        timestamp: toTimestamp(NOW),
      },
    ]);
    expect(reduceInstance(instance, condemn, NOW)).toEqual({ kind: 'noop', why: 'ends already' });
    expect(reduceInstance(anInstance({ condition: 'Killing' }), condemn, NOW).kind).toBe('noop');
  });

  it('is forgotten when the instance waits for its next launch', () => {
    const killed = anInstance({ condition: 'Killed', health: [ill], unhealthy: '500', readiness: [] });
    const { runSpecHash, runSpecVersion, configVersion } = killed;
    const operation = { kind: 'reschedule', runSpecHash, runSpecVersion, configVersion } as const;
    const { instance } = updated(killed, operation);
    expect(instance).toMatchObject({ condition: 'Scheduled', health: [] });
    expect(instance).not.toHaveProperty('unhealthy');
  });
});
