import { describe, expect, test } from 'vitest';
import { launchObstacles } from '../../../lib/launch/launch-obstacles.ts';
import { renderTaskDefinition } from '../../../lib/launch/task-definition.ts';
import type { AppVolume } from '../../../lib/model/app-volume.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { aHealthCheck, anAppCheck } from '../../fixtures/a-health-check.ts';
import { anApp } from '../../fixtures/an-app.ts';

const docker = { image: 'nginx:1', forcePullImage: false, privileged: false, parameters: [] };
const withVolume = (volume: AppVolume): Partial<AppSpec> => ({ container: { type: 'MESOS', volumes: [volume] } });
const WAITS = 'not served by this version, so the instance waits:';
const SECRET_CURE = 'let the task read it itself, for example from AWS Secrets Manager';
const DISK_CURE = 'use a host volume, or storage outside the task';

const OBSTACLES: readonly (readonly [
  name: string,
  app: Partial<AppSpec>,
  field: string,
  capability: string,
  text: string,
])[] = [
  [
    'a persistent volume',
    withVolume({
      kind: 'persistent',
      containerPath: 'data',
      mode: 'RW',
      persistent: { type: 'root', size: 1, constraints: [] },
    }),
    '/container/volumes(0)/persistent',
    'volumes',
    `persistent volumes are ${WAITS} ${DISK_CURE}`,
  ],
  [
    'an external volume',
    withVolume({
      kind: 'external',
      containerPath: 'data',
      mode: 'RW',
      external: { provider: 'dvdi', name: 'v', options: { 'dvdi/driver': 'rexray' }, shared: false },
    }),
    '/container/volumes(0)/external',
    'volumes',
    `external volumes are ${WAITS} ${DISK_CURE}`,
  ],
  [
    'a secret volume',
    withVolume({ kind: 'secret', containerPath: 'data', secret: 's' }),
    '/container/volumes(0)/secret',
    'secrets',
    `secret volumes are ${WAITS} ${SECRET_CURE}`,
  ],
  [
    'a secret in a variable',
    { env: { A: 'a', B: { secret: 'b' } } },
    '/env/B',
    'secrets',
    `references to secrets are ${WAITS} ${SECRET_CURE}`,
  ],
  [
    'credentials of an image',
    { container: { type: 'MESOS', volumes: [], docker: { ...docker, pullConfig: { secret: 's' } } } },
    '/container/docker/pullConfig',
    'secrets',
    `credentials of single images are ${WAITS} leave it out and give the container instances' ECS agent the registry's credentials`,
  ],
  [
    'artifacts',
    { fetch: [{ uri: 'http://h/a', extract: true, executable: false, cache: false }] },
    '/fetch',
    'artifacts',
    `artifacts are ${WAITS} put them into the image, or download them in cmd`,
  ],
  [
    'two commands in one container',
    {
      healthChecks: [aHealthCheck({ protocol: 'COMMAND', command: 'true' })],
      check: anAppCheck({ probe: { kind: 'exec', command: { shell: 'true' } } }),
    },
    '/check/exec',
    'checks',
    `a command beside a COMMAND health check is ${WAITS} ECS runs one command in a container; leave one of them out, or let it ask over HTTP or TCP`,
  ],
  [
    'a network of containers',
    { networks: [{ mode: 'container', name: 'n', labels: {} }] },
    '/networks',
    'networks',
    `network mode container is ${WAITS} use container/bridge, or host and let the task listen on $PORT0, $PORT1, …`,
  ],
];

describe('what keeps instances waiting', () => {
  test.each(OBSTACLES)('%s', (_name, app, field, capability, text) => {
    expect(launchObstacles(anApp(app))).toEqual([{ field, capability, text }]);
    expect(() => renderTaskDefinition(anApp(app), aConfig())).toThrow(`/app${field}: ${text}`);
  });

  test('all are told at once', () => {
    const app = anApp({
      env: { A: { secret: 'a' } },
      fetch: [{ uri: 'http://h/a', extract: true, executable: false, cache: false }],
    });
    expect(launchObstacles(app).map(({ field }) => field)).toEqual(['/env/A', '/fetch']);
  });

  test('nothing, of what a launch carries', () => {
    const app = anApp({
      tty: true,
      healthChecks: [aHealthCheck({ protocol: 'COMMAND', command: 'true' })],
      check: anAppCheck(),
      resourceLimits: { mem: 'unlimited', cpus: 4 },
      executorResources: { cpus: 1, mem: 32, disk: 10 },
      secrets: { unused: { source: 's' } },
      container: {
        type: 'DOCKER',
        volumes: [{ kind: 'host', containerPath: '/c', hostPath: '/h', mode: 'RO' }],
        docker: { ...docker, parameters: [{ key: 'init', value: 'true' }] },
      },
    });
    expect(launchObstacles(app)).toEqual([]);
  });
});
