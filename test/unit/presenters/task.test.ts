import { describe, expect, test } from 'vitest';
import { isListed, presentTask, servicePortsOf } from '../../../functions/api/presenters/task.ts';
import type { Condition } from '../../../lib/model/instance.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent, aScheduledInstance } from '../../fixtures/an-instance.ts';

const json = (value: unknown): string => JSON.stringify(value, null, 1);
const app = anApp();

describe('presentTask', () => {
  test('a running task with a health result: every key, in order', () => {
    const instance = anInstance({
      agent: anInstanceAgent({ ipAddresses: ['10.0.1.20', 'fd00::1'] }),
      health: [
        {
          alive: false,
          consecutiveFailures: 2,
          firstSuccess: EPOCH,
          lastSuccess: EPOCH + 1,
          lastFailure: EPOCH + 2,
          lastFailureCause: '503 Service Unavailable',
        },
        { alive: false, consecutiveFailures: 0 },
      ],
    });
    expect(json(presentTask(instance, app, servicePortsOf(app)))).toBe(
      json({
        appId: '/app',
        healthCheckResults: [
          {
            alive: false,
            consecutiveFailures: 2,
            firstSuccess: '2021-03-02T08:00:00.000Z',
            instanceId: 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002',
            lastSuccess: '2021-03-02T08:00:00.001Z',
            lastFailure: '2021-03-02T08:00:00.002Z',
            lastFailureCause: '503 Service Unavailable',
          },
        ],
        host: 'i-0a1.example.internal',
        id: 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002._app.1',
        ipAddresses: [
          { ipAddress: '10.0.1.20', protocol: 'IPv4' },
          { ipAddress: 'fd00::1', protocol: 'IPv6' },
        ],
        ports: [31000],
        servicePorts: [10000],
        slaveId: 'i-0a1',
        state: 'TASK_RUNNING',
        stagedAt: '2021-03-02T08:00:01.000Z',
        startedAt: '2021-03-02T08:00:02.000Z',
        version: '2021-03-02T08:00:00.000Z',
        localVolumes: [],
        region: 'local',
        zone: 'local-a',
        role: '*',
      }),
    );
  });

  test('before it runs there is no startedAt; without a zone no zone', () => {
    const { zone: _zone, ...agent } = anInstanceAgent();
    const { startedAt: _startedAt, ...instance } = anInstance({ condition: 'Starting', agent });
    const shown = presentTask(instance, app);
    expect(shown).toMatchObject({ state: 'TASK_STARTING', ports: [31000], servicePorts: [] });
    expect(shown).not.toHaveProperty('startedAt');
    expect(shown).not.toHaveProperty('zone');
  });

  test.each<readonly [condition: Condition, state: string, active: boolean]>([
    ['Scheduled', 'TASK_STAGING', false],
    ['Provisioned', 'TASK_STAGING', true],
    ['Staging', 'TASK_STAGING', true],
    ['Starting', 'TASK_STARTING', true],
    ['Running', 'TASK_RUNNING', true],
    ['Killing', 'TASK_KILLING', true],
    ['Unreachable', 'TASK_UNREACHABLE', true],
    ['UnreachableInactive', 'TASK_UNREACHABLE', false],
    ['Finished', 'TASK_FINISHED', false],
    ['Killed', 'TASK_KILLED', false],
    ['Failed', 'TASK_FAILED', false],
    ['Error', 'TASK_ERROR', false],
    ['Gone', 'TASK_GONE', false],
    ['Dropped', 'TASK_DROPPED', false],
    ['Unknown', 'TASK_UNKNOWN', false],
  ])('%s is shown as %s; ports and times only when active', (condition, state, active) => {
    const shown = presentTask(anInstance({ condition }), app);
    expect(shown.state).toBe(state);
    expect(shown.ports).toEqual(active ? [31000] : []);
    expect(['stagedAt', 'startedAt', 'version'].map((key) => key in shown)).toEqual([active, active, active]);
  });
});

test('lists show instances that have a task and an agent', () => {
  expect(isListed(anInstance())).toBe(true);
  expect(isListed(anInstance({ condition: 'Failed' }))).toBe(true);
  expect(isListed(aScheduledInstance())).toBe(false);
});

test('service ports of a container are those of its mappings', () => {
  const portMappings = [
    { containerPort: 80, hostPort: 0, servicePort: 10_104, protocol: 'tcp', labels: {}, networkNames: [] } as const,
  ];
  expect(servicePortsOf(anApp({ container: { type: 'MESOS', volumes: [], portMappings } }))).toEqual([10_104]);
});
