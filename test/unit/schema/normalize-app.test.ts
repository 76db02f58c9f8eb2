import { describe, expect, test } from 'vitest';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { migrateDeprecated } from '../../../lib/schema/migrate.ts';
import { normalizeApp } from '../../../lib/schema/normalize-app.ts';
import { parseApp } from '../../../lib/schema/parse-app.ts';
import { appSchema } from '../../../lib/schema/wire/app.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anApp } from '../../fixtures/an-app.ts';

const {
  version: _version,
  versionInfo: _versionInfo,
  ...defaults
} = anApp({
  cmd: 'run',
  portDefinitions: [{ port: 0, protocol: 'tcp', name: 'default', labels: {} }],
});

/** Canonical form of an input, also of those that later stages refuse. */
function normalized(input: object) {
  const { id, ...fields } = appSchema.parse({ id: '/app', cmd: 'run', ...input });
  return normalizeApp(resolvePathId(id), migrateDeprecated(fields));
}

const noPorts = { labels: {}, networkNames: [], protocol: 'tcp', servicePort: 0 };
const mapping = { containerPort: 80, hostPort: 0, ...noPorts };

/** What is given beside `id` and `cmd`, and what then differs from an app with all defaults. */
const ACCEPTED: readonly (readonly [name: string, input: object, expected: object])[] = [
  ['nothing but a command', {}, {}],
  ['null is absent', { instances: null, container: null, user: null }, {}],
  ['unknown keys, version and storeUrls', { foo: 1, version: 'x', versionInfo: {}, storeUrls: ['a'] }, {}],
  ['relative id', { id: 'a//b/../c' }, { id: '/a/c' }],
  ['dependencies', { dependencies: ['db', '/x/../y', '/db'] }, { dependencies: ['/db', '/y'] }],
  ['args in place of cmd', { cmd: null, args: ['a', 'b'] }, { cmd: undefined, args: ['a', 'b'] }],
  ['resources', { cpus: 0.5, mem: 64, disk: 10, gpus: 2 }, { resources: { cpus: 0.5, mem: 64, disk: 10, gpus: 2 } }],
  [
    'backoff',
    { backoffSeconds: 2, backoffFactor: 2, maxLaunchDelaySeconds: 9 },
    { backoff: { backoffSeconds: 2, backoffFactor: 2, maxLaunchDelaySeconds: 9 } },
  ],
  ['enum in another case', { killSelection: 'oldest_first' }, { killSelection: 'OLDEST_FIRST' }],
  ['unreachable disabled', { unreachableStrategy: 'disabled' }, { unreachableStrategy: 'disabled' }],
  ['any text means disabled', { unreachableStrategy: 'foo' }, { unreachableStrategy: 'disabled' }],
  [
    'half an unreachable strategy',
    { unreachableStrategy: { expungeAfterSeconds: 5 } },
    { unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 5 } },
  ],
  [
    'constraints: numbers, any case, repeated',
    {
      constraints: [
        ['rack', 'group_by', 3],
        ['rack', 'GROUP_BY', '3'],
        ['hostname', 'Unique'],
      ],
    },
    {
      constraints: [
        { field: 'rack', operator: 'GROUP_BY', value: '3' },
        { field: 'hostname', operator: 'UNIQUE' },
      ],
    },
  ],
  ['roles as a set', { acceptedResourceRoles: ['*', '*'] }, { acceptedResourceRoles: ['*'] }],
  ['//cmd stays as given', { executor: '//cmd' }, { executor: '//cmd' }],
  ['no ports', { portDefinitions: [] }, { portDefinitions: [] }],
  [
    'port definitions',
    { portDefinitions: [{ port: 80, name: 'http', protocol: 'UDP,TCP', labels: { a: 'b' } }, {}] },
    {
      portDefinitions: [
        { port: 80, name: 'http', protocol: 'udp,tcp', labels: { a: 'b' } },
        { port: 0, protocol: 'tcp', labels: {} },
      ],
    },
  ],
  [
    'old ports',
    { ports: [0, 80] },
    { portDefinitions: [0, 80].map((port) => ({ port, protocol: 'tcp', labels: {} })) },
  ],
  ['old ports, none', { ports: [] }, { portDefinitions: [] }],
  [
    'old ports beside the same definitions',
    { ports: [80], portDefinitions: [{ port: 80, name: 'http' }] },
    { portDefinitions: [{ port: 80, name: 'http', protocol: 'tcp', labels: {} }] },
  ],
  [
    'docker container on the host network',
    { container: { docker: { image: 'nginx' } }, networks: [{ mode: 'HOST' }] },
    {
      container: {
        type: 'DOCKER',
        docker: { image: 'nginx', forcePullImage: false, privileged: false, parameters: [] },
        volumes: [],
      },
    },
  ],
  [
    'old docker network HOST; port mappings mean nothing there',
    { container: { docker: { image: 'nginx', network: 'host', portMappings: [{ containerPort: 80 }] } } },
    {
      container: {
        type: 'DOCKER',
        docker: { image: 'nginx', forcePullImage: false, privileged: false, parameters: [] },
        volumes: [],
      },
    },
  ],
  [
    'host volume; privileged means nothing to MESOS; linuxInfo nothing to DOCKER',
    {
      container: {
        type: 'mesos',
        docker: { image: 'nginx', privileged: true },
        volumes: [{ containerPath: '/data', hostPath: '/srv', mode: 'ro' }],
      },
    },
    {
      container: {
        type: 'MESOS',
        docker: { image: 'nginx', forcePullImage: false, privileged: false, parameters: [] },
        volumes: [{ kind: 'host', containerPath: '/data', hostPath: '/srv', mode: 'RO' }],
      },
    },
  ],
  [
    'health check with defaults',
    { healthChecks: [{ path: '/ping' }] },
    {
      healthChecks: [
        {
          protocol: 'HTTP',
          path: '/ping',
          portIndex: 0,
          gracePeriodSeconds: 300,
          intervalSeconds: 60,
          timeoutSeconds: 20,
          maxConsecutiveFailures: 3,
          delaySeconds: 15,
          ignoreHttp1xx: false,
          ipProtocol: 'IPv4',
        },
      ],
    },
  ],
  [
    'command health check; no port, no ignoreHttp1xx',
    { healthChecks: [{ protocol: 'command', command: { value: 'true' }, ignoreHttp1xx: true, timeoutSeconds: -1 }] },
    {
      healthChecks: [
        {
          protocol: 'COMMAND',
          command: 'true',
          gracePeriodSeconds: 300,
          intervalSeconds: 60,
          timeoutSeconds: -1,
          maxConsecutiveFailures: 3,
          delaySeconds: 15,
          ipProtocol: 'IPv4',
        },
      ],
    },
  ],
  [
    'readiness check with defaults',
    { readinessChecks: [{}], portDefinitions: [{ name: 'http-api' }] },
    {
      portDefinitions: [{ port: 0, name: 'http-api', protocol: 'tcp', labels: {} }],
      readinessChecks: [
        {
          name: 'readinessCheck',
          protocol: 'HTTP',
          path: '/',
          portName: 'http-api',
          intervalSeconds: 30,
          timeoutSeconds: 10,
          httpStatusCodesForReady: [200],
          preserveLastResponse: false,
        },
      ],
    },
  ],
  [
    'role of the top-level group, role of an agent',
    { id: '/dev/app', role: 'dev', acceptedResourceRoles: ['dev', 'slave_public'] },
    { id: '/dev/app', role: 'dev', acceptedResourceRoles: ['dev', 'slave_public'] },
  ],
];

describe('a definition in canonical form', () => {
  test.each(ACCEPTED)('%s', (_name, input, expected) => {
    const parsed = parseApp({ id: '/app', cmd: 'run', ...input }, { config: aConfig() });
    expect(parsed).toEqual({ ok: true, app: { ...defaults, ...expected } });
  });

  test('a relative id and its dependencies resolve against the base', () => {
    const base = resolvePathId('/group');
    const parsed = parseApp({ id: 'web', cmd: 'run', dependencies: ['db', '../other'] }, { config: aConfig(), base });
    expect(parsed).toEqual({
      ok: true,
      app: { ...defaults, id: '/group/web', dependencies: ['/group/db', '/other'] },
    });
  });

  test('the id of the path takes the place of the one in the body, and of none', () => {
    const options = { config: aConfig(), id: resolvePathId('/path') };
    const expected = { ok: true, app: { ...defaults, id: '/path' } };
    expect(parseApp({ id: '/body', cmd: 'run' }, options)).toEqual(expected);
    expect(parseApp({ cmd: 'run' }, options)).toEqual(expected);
  });
});

/** Forms that are understood, but whose networks or parts this version refuses later. */
const TRANSLATED: readonly (readonly [name: string, input: object, expected: object])[] = [
  [
    'docker BRIDGE with old mappings',
    { container: { docker: { image: 'i', network: 'BRIDGE', portMappings: [{ containerPort: 80 }] } } },
    { networks: [{ mode: 'container/bridge', labels: {} }], container: { portMappings: [mapping] } },
  ],
  [
    'bridge keeps a host port that is named',
    {
      networks: [{ mode: 'container/bridge' }],
      container: { docker: { image: 'i' }, portMappings: [{ hostPort: 31000 }] },
    },
    { container: { portMappings: [{ containerPort: 0, ...noPorts, hostPort: 31000 }] } },
  ],
  [
    'docker USER takes the name from ipAddress',
    {
      container: { docker: { image: 'i', network: 'USER' } },
      ipAddress: { networkName: 'dev', labels: { a: 'b' } },
    },
    {
      networks: [{ mode: 'container', name: 'dev', labels: { a: 'b' } }],
      container: { portMappings: [{ containerPort: 0, name: 'default', ...noPorts }] },
    },
  ],
  [
    'ipAddress alone means a MESOS container; its ports become mappings',
    { ipAddress: { networkName: 'dev', discovery: { ports: [{ number: 80, name: 'http' }] } } },
    {
      networks: [{ mode: 'container', name: 'dev', labels: {} }],
      container: { type: 'MESOS', portMappings: [{ containerPort: 80, name: 'http', ...noPorts }] },
    },
  ],
  [
    'ipAddress on the bridge network',
    { ipAddress: { networkName: 'mesos-bridge' } },
    { networks: [{ mode: 'container/bridge', labels: {} }] },
  ],
  [
    'no container off the host network: an empty one with a default port',
    { networks: [{ mode: 'container', name: 'dev' }] },
    {
      container: { type: 'MESOS', volumes: [], portMappings: [{ containerPort: 0, name: 'default', ...noPorts }] },
      portDefinitions: [],
    },
  ],
  [
    'port definitions off the host network become empty mappings; requirePorts is off',
    {
      networks: [{ mode: 'container/bridge' }],
      container: { docker: { image: 'i' }, portMappings: [{ containerPort: 80 }] },
      portDefinitions: [{ port: 1 }, { port: 2 }],
      requirePorts: true,
    },
    {
      container: { portMappings: [mapping, { ...mapping, containerPort: 0 }] },
      portDefinitions: [],
      requirePorts: false,
    },
  ],
  [
    'uris: archives are extracted, the query plays no part',
    { uris: ['http://h/a.tar.gz?x=.txt', 'http://h/b.txt?x=.zip', '/c.txz'] },
    {
      fetch: [
        { uri: 'http://h/a.tar.gz?x=.txt', extract: true, executable: false, cache: false },
        { uri: 'http://h/b.txt?x=.zip', extract: false, executable: false, cache: false },
        { uri: '/c.txz', extract: true, executable: false, cache: false },
      ],
    },
  ],
];

describe('old forms', () => {
  test.each(TRANSLATED)('%s', (_name, input, expected) => {
    expect(normalized(input)).toMatchObject(expected);
  });

  test('an index for a health check only where there is a port', () => {
    expect(normalized({ portDefinitions: [], healthChecks: [{}] }).healthChecks[0]).not.toHaveProperty('portIndex');
  });
});
