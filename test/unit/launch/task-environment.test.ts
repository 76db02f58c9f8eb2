import { describe, expect, test } from 'vitest';
import { type TaskContext, taskEnvironment } from '../../../lib/launch/task-environment.ts';
import type { InstanceId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import type { AppSpec, PortMapping } from '../../../lib/model/run-spec.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anApp } from '../../fixtures/an-app.ts';

const ID = 'prod_web.instance-b6ff5fa5-7714-11e7-a55c-5ecf1c4671f6' as InstanceId;

function environment(app: Partial<AppSpec>, context: Partial<TaskContext> = {}) {
  return taskEnvironment({
    spec: anApp({ id: resolvePathId('/prod/web'), portDefinitions: [], ...app }),
    instance: { id: ID, incarnation: 1 },
    host: 'agent1',
    hostPorts: [],
    enforceGroupRole: false,
    config: aConfig(),
    ...context,
  });
}

test('the complete environment of a default app (task-environment.md §1, §2)', () => {
  const { portDefinitions } = anApp();
  expect(environment({ portDefinitions }, { hostPorts: [31_005] })).toEqual({
    MESOS_TASK_ID: `${ID}._app.1`,
    MARATHON_APP_ID: '/prod/web',
    MARATHON_APP_VERSION: '2021-03-02T08:00:00.000Z',
    MARATHON_APP_RESOURCE_CPUS: '1.0',
    MARATHON_APP_RESOURCE_MEM: '128.0',
    MARATHON_APP_RESOURCE_DISK: '0.0',
    MARATHON_APP_RESOURCE_GPUS: '0',
    MARATHON_APP_ENFORCE_GROUP_ROLE: 'FALSE',
    MARATHON_APP_LABELS: '',
    HOST: 'agent1',
    PORT: '31005',
    PORT0: '31005',
    PORTS: '31005',
    PORT_10000: '31005',
    PORT_DEFAULT: '31005',
  });
});

describe('context variables (task-environment.md §1)', () => {
  const docker = { image: 'nginx:1', forcePullImage: false, privileged: false, parameters: [] };
  test.each<readonly [name: string, app: Partial<AppSpec>, expected: Readonly<Record<string, string>>]>([
    [
      'image of a DOCKER container',
      { container: { type: 'DOCKER', volumes: [], docker } },
      { MARATHON_APP_DOCKER_IMAGE: 'nginx:1' },
    ],
    [
      'doubles with a decimal, gpus as integer',
      { resources: { cpus: 0.1, mem: 10, disk: 0.5, gpus: 2 } },
      {
        MARATHON_APP_RESOURCE_CPUS: '0.1',
        MARATHON_APP_RESOURCE_MEM: '10.0',
        MARATHON_APP_RESOURCE_DISK: '0.5',
        MARATHON_APP_RESOURCE_GPUS: '2',
      },
    ],
    [
      'very small and very large doubles as Java prints them',
      { resources: { cpus: 0.0001, mem: 10_000_000, disk: 12_345_678.5, gpus: 0 } },
      {
        MARATHON_APP_RESOURCE_CPUS: '1.0E-4',
        MARATHON_APP_RESOURCE_MEM: '1.0E7',
        MARATHON_APP_RESOURCE_DISK: '1.23456785E7',
      },
    ],
  ])('%s', (_, app, expected) => expect(environment(app)).toMatchObject(expected));

  test('no image of a MESOS container', () => {
    const container = { type: 'MESOS' as const, volumes: [], docker };
    expect(environment({ container })).not.toHaveProperty('MARATHON_APP_DOCKER_IMAGE');
  });

  test('enforceRole of the top-level group', () => {
    expect(environment({}, { enforceGroupRole: true })).toMatchObject({ MARATHON_APP_ENFORCE_GROUP_ROLE: 'TRUE' });
  });

  test('the incarnation is part of the task id (task-environment.md §4)', () => {
    expect(environment({}, { instance: { id: ID, incarnation: 7 } })).toMatchObject({ MESOS_TASK_ID: `${ID}._app.7` });
  });
});

describe('labels (task-environment.md §1)', () => {
  const labelsOf = (labels: AppSpec['labels']) =>
    Object.fromEntries(
      Object.entries(environment({ labels })).filter(([name]) => name.startsWith('MARATHON_APP_LABEL')),
    );

  test.each<readonly [name: string, labels: AppSpec['labels'], expected: Readonly<Record<string, string>>]>([
    [
      'names are escaped: runs become one underscore, then upper case',
      { 'traefik.http--rule': 'a b', HAPROXY_0: '' },
      {
        MARATHON_APP_LABELS: 'TRAEFIK_HTTP_RULE HAPROXY_0',
        MARATHON_APP_LABEL_TRAEFIK_HTTP_RULE: 'a b',
        MARATHON_APP_LABEL_HAPROXY_0: '',
      },
    ],
    [
      'two that escape alike: one wins, named once',
      { 'a.b': '1', 'a-b': '2' },
      { MARATHON_APP_LABELS: 'A_B', MARATHON_APP_LABEL_A_B: '2' },
    ],
    [
      'a key of 492 characters',
      { ['k'.repeat(492)]: 'v' },
      { MARATHON_APP_LABELS: 'K'.repeat(492), [`MARATHON_APP_LABEL_${'K'.repeat(492)}`]: 'v' },
    ],
    ['a key of 493 characters is left out', { ['k'.repeat(493)]: 'v' }, { MARATHON_APP_LABELS: '' }],
    [
      'a value of 511 characters',
      { k: 'v'.repeat(511) },
      { MARATHON_APP_LABELS: 'K', MARATHON_APP_LABEL_K: 'v'.repeat(511) },
    ],
    [
      'a value of 512 characters is left out',
      { k: 'v'.repeat(512), l: '' },
      { MARATHON_APP_LABELS: 'L', MARATHON_APP_LABEL_L: '' },
    ],
    ['characters beyond ASCII', { größe: '1' }, { MARATHON_APP_LABELS: 'GR_E', MARATHON_APP_LABEL_GR_E: '1' }],
  ])('%s', (_, labels, expected) => expect(labelsOf(labels)).toEqual(expected));
});

describe('precedence and prefix (task-environment.md §1)', () => {
  test("the user's env overrides everything", () => {
    const env = { HOST: 'mine', PORT0: '1', MESOS_TASK_ID: 'x', MARATHON_APP_LABELS: 'y', OWN: 'z' };
    const app = { env, labels: { k: 'v' }, portDefinitions: anApp().portDefinitions };
    expect(environment(app, { hostPorts: [31_000] })).toMatchObject({ ...env, PORT: '31000' });
  });

  test('entries that refer to secrets are left out', () => {
    expect(environment({ env: { PASSWORD: { secret: 'p' }, HOST: { secret: 'h' } } })).toMatchObject({
      HOST: 'agent1',
    });
    expect(environment({ env: { PASSWORD: { secret: 'p' } } })).not.toHaveProperty('PASSWORD');
  });

  test('the prefix goes before HOST and the PORT variables, as given, and before nothing else', () => {
    const context = { hostPorts: [31_000], config: aConfig({ envVarsPrefix: 'my_' }) };
    const names = Object.keys(environment({ portDefinitions: anApp().portDefinitions, env: { OWN: '1' } }, context));
    expect(names.filter((name) => name.startsWith('my_')).sort()).toEqual([
      'my_HOST',
      'my_PORT',
      'my_PORT0',
      'my_PORTS',
      'my_PORT_10000',
      'my_PORT_DEFAULT',
    ]);
    expect(names.filter((name) => /^(HOST|PORT|my_(MARATHON|MESOS|OWN))/.test(name))).toEqual([]);
  });
});

describe('ports (task-environment.md §2)', () => {
  const portsIn = (app: Partial<AppSpec>, hostPorts: readonly number[] = []) =>
    Object.fromEntries(Object.entries(environment(app, { hostPorts })).filter(([name]) => name.startsWith('PORT')));
  const mapping = (containerPort: number, hostPort?: number, name?: string): PortMapping => ({
    containerPort,
    servicePort: 0,
    protocol: 'tcp',
    labels: {},
    networkNames: [],
    ...(hostPort !== undefined && { hostPort }),
    ...(name !== undefined && { name }),
  });
  const on = (mode: 'container' | 'container/bridge', ...portMappings: PortMapping[]): Partial<AppSpec> => ({
    networks: [{ mode, labels: {} }],
    container: { type: 'DOCKER', volumes: [], portMappings },
  });
  const definition = (port: number, name?: string) => ({
    port,
    protocol: 'tcp' as const,
    labels: {},
    ...(name !== undefined && { name }),
  });

  test.each<readonly [string, Partial<AppSpec>, readonly number[], Readonly<Record<string, string>>]>([
    ['no port: no variable, not even PORTS', { portDefinitions: [] }, [], {}],
    [
      'two definitions, in order; names in upper case with no other change',
      { portDefinitions: [definition(10_000, 'http-api'), definition(10_001)] },
      [31_007, 31_002],
      {
        PORT: '31007',
        PORTS: '31007,31002',
        PORT0: '31007',
        PORT1: '31002',
        PORT_10000: '31007',
        'PORT_HTTP-API': '31007',
        PORT_10001: '31002',
      },
    ],
    [
      'declared 0: the host port is in the name',
      { portDefinitions: [definition(0)] },
      [31_007],
      { PORT: '31007', PORTS: '31007', PORT0: '31007', PORT_31007: '31007' },
    ],
    [
      'container network, host port assigned',
      on('container', mapping(80, 0, 'http'), mapping(0, 0)),
      [31_010, 31_011],
      {
        PORT: '31010',
        PORTS: '31010,31011',
        PORT0: '31010',
        PORT1: '31011',
        PORT_80: '31010',
        PORT_31011: '31011',
        PORT_HTTP: '31010',
      },
    ],
    [
      'container network without a host port: in neither PORTS nor PORT',
      on('container', mapping(80, undefined, 'http')),
      [],
      { PORTS: '', PORT0: '80', PORT_80: '80', PORT_HTTP: '80' },
    ],
    [
      'container network, mixed: PORT is the first that PORTS lists',
      on('container', mapping(80), mapping(81, 8_081)),
      [8_081],
      { PORT: '8081', PORTS: '8081', PORT0: '80', PORT1: '8081', PORT_80: '80', PORT_81: '8081' },
    ],
    [
      'bridge: the container port, where the task listens (design §8)',
      on('container/bridge', mapping(80, 0, 'http'), mapping(81, 8_081)),
      [8_081],
      { PORT: '80', PORTS: '80,81', PORT0: '80', PORT1: '81', PORT_80: '80', PORT_81: '81', PORT_HTTP: '80' },
    ],
    [
      'bridge, container port 0: one of its own, the same at every launch',
      on('container/bridge', mapping(0, 0), mapping(10_000, 0), mapping(0, 8_081)),
      [8_081],
      {
        PORT: '10001',
        PORTS: '10001,10000,10002',
        PORT0: '10001',
        PORT1: '10000',
        PORT2: '10002',
        PORT_10001: '10001',
        PORT_10000: '10000',
        PORT_10002: '10002',
      },
    ],
  ])('%s', (_, app, hostPorts, expected) => expect(portsIn(app, hostPorts)).toEqual(expected));

  test('a container port that nobody named is generated: unused elsewhere, listed last, the same for the same task', () => {
    const app = on('container', mapping(0, undefined, 'a'), mapping(80, 8_080), mapping(0));
    const ports = portsIn(app, [8_080]);
    const [a = '', b = ''] = [ports['PORT0'], ports['PORT2']];
    expect(ports).toEqual({
      PORT: '8080',
      PORTS: `8080,${a},${b}`,
      PORT0: a,
      PORT1: '8080',
      PORT2: b,
      PORT_80: '8080',
      PORT_A: a,
      [`PORT_${a}`]: a,
      [`PORT_${b}`]: b,
    });
    for (const port of [a, b].map(Number)) expect(port >= 1_025 && port <= 65_535).toBe(true);
    expect(new Set([a, b, '80', '8080']).size).toBe(4);
    expect(portsIn(app, [8_080])).toEqual(ports);
  });

  test('a generated port is none that the app uses', () => {
    const generated = Number(portsIn(on('container', mapping(0), mapping(80, 1)), [1])['PORT0']);
    const app = on('container', mapping(0), mapping(generated, generated + 1));
    expect(portsIn(app, [generated + 1])['PORT0']).toBe(String(generated + 2));
  });

  test('host ports that are not those of the spec are an error', () => {
    expect(() => portsIn({ portDefinitions: [definition(0)] }, [])).toThrow('/prod/web has 1 host ports, not 0');
    expect(() => portsIn({ portDefinitions: [] }, [31_000])).toThrow(RangeError);
  });
});
