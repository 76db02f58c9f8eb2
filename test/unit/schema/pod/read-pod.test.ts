import { describe, expect, test } from 'vitest';
import { toErrorBody } from '../../../../lib/errors/app-error.ts';
import type { PodDefinition } from '../../../../lib/model/run-spec.ts';
import { inputJsonSchema } from '../../../../lib/schema/json-schema.ts';
import { parsePod } from '../../../../lib/schema/pod/parse-pod.ts';
import { renderPod } from '../../../../lib/schema/pod/render-pod.ts';
import { podSchema } from '../../../../lib/schema/pod/wire/pod.ts';
import { aConfig } from '../../../fixtures/a-config.ts';

const container = (fields: object = {}) => ({ name: 'web', resources: {}, ...fields });
const one = (fields: object) => ({ containers: [container(fields)] });
const parse = (input: unknown) => parsePod(input, { config: aConfig() });

function refusal(input: unknown): unknown {
  const parsed = parse(input);
  return parsed.ok ? parsed.pod : { status: parsed.error.status, ...toErrorBody(parsed.error) };
}

function accepted(input: object): PodDefinition {
  const parsed = parse({ id: '/pod', containers: [container()], ...input });
  if (!parsed.ok) throw parsed.error;
  return parsed.pod;
}

/** Errors of the schema (pod-and-group-model.md A2 to A5): input beside id and one container, then path and words. */
const WORDS: readonly (readonly [name: string, input: object, path: string, error: string])[] = [
  ['id in capitals', { id: '/Pod' }, '/id', 'error.pattern'],
  ['no containers', { containers: [] }, '/containers', 'error.minLength'],
  ['label that is a number', { labels: { a: 1 } }, '/labels/a', 'error.expected.jsstring'],
  ['variable with a dash', { environment: { 'a-b': 'x' } }, '/environment/a-b', 'error.pattern'],
  [
    'variable with a name of 255 letters',
    { environment: { [`A${'B'.repeat(254)}`]: 'x' } },
    `/environment/A${'B'.repeat(254)}`,
    'error.pattern',
  ],
  ['variable that is a number', { environment: { A: 1 } }, '/environment/A', 'error.expected.jsstring'],
  ['source of a secret', { secrets: { s: { source: '' } } }, '/secrets/s/source', 'error.minLength'],
  ['kind of scaling', { scaling: { kind: 'auto' } }, '/scaling', 'error.expected.jsstring'],
  ['instances in words', { scaling: { instances: '2' } }, '/scaling/instances', 'error.expected.jsnumber'],
  ['memory of the executor', { executorResources: { mem: 31 } }, '/executorResources/mem', 'error.min'],
  ['disk of the executor', { executorResources: { disk: 9 } }, '/executorResources/disk', 'error.min'],
  ['cpus of the executor', { executorResources: { cpus: -1 } }, '/executorResources/cpus', 'error.min'],
  ['name of a container', one({ name: '_app' }), '/containers(0)/name', 'error.pattern'],
  ['name of 64 letters', one({ name: 'a'.repeat(64) }), '/containers(0)/name', 'error.maxLength'],
  ['negative cpus', one({ resources: { cpus: -1 } }), '/containers(0)/resources/cpus', 'error.min'],
  ['half a gpu', one({ resources: { gpus: 0.5 } }), '/containers(0)/resources/gpus', 'error.expected.int'],
  ['empty command', one({ exec: { command: { argv: [] } } }), '/containers(0)/exec/command/argv', 'error.minLength'],
  [
    'kind of image',
    one({ image: { kind: 'APPC', id: 'i' } }),
    '/containers(0)/image/kind',
    'error.unknown.enum.literal',
  ],
  [
    'image without an address',
    one({ image: { kind: 'DOCKER', id: '' } }),
    '/containers(0)/image/id',
    'error.minLength',
  ],
  [
    'host port of an endpoint',
    one({ endpoints: [{ name: 'a', hostPort: 65_536 }] }),
    '/containers(0)/endpoints(0)/hostPort',
    'error.max',
  ],
  [
    'container port of an endpoint',
    one({ endpoints: [{ name: 'a', containerPort: -1 }] }),
    '/containers(0)/endpoints(0)/containerPort',
    'error.min',
  ],
  [
    'endpoint without a protocol',
    one({ endpoints: [{ name: 'a', protocol: [] }] }),
    '/containers(0)/endpoints(0)/protocol',
    'error.minLength',
  ],
  [
    'times of a health check',
    one({ healthCheck: { intervalSeconds: -1 } }),
    '/containers(0)/healthCheck/intervalSeconds',
    'error.min',
  ],
  [
    'path of a mount',
    one({ volumeMounts: [{ name: 'v', mountPath: 'x'.repeat(1_025) }] }),
    '/containers(0)/volumeMounts(0)/mountPath',
    'error.maxLength',
  ],
  ['artifact without a URI', one({ artifacts: [{ uri: '' }] }), '/containers(0)/artifacts(0)/uri', 'error.minLength'],
  [
    'grace period',
    one({ lifecycle: { killGracePeriodSeconds: -0.5 } }),
    '/containers(0)/lifecycle/killGracePeriodSeconds',
    'error.min',
  ],
  [
    'size of a disk',
    { volumes: [{ name: 'v', persistent: { size: 'x' } }] },
    '/volumes(0)/persistent',
    'must be {size, type?, maxSize?, profileName?, constraints?}',
  ],
  ['empty path of an agent', { volumes: [{ name: 'v', host: '' }] }, '/volumes(0)/host', 'error.minLength'],
  [
    'path of an agent that is none',
    { volumes: [{ name: 'v', host: 1 }] },
    '/volumes(0)/host',
    'must be a path on the agent',
  ],
  ['secret of a volume', { volumes: [{ name: 'v', secret: 1 }] }, '/volumes(0)/secret', 'must be the name of a secret'],
  ['network mode', { networks: [{ mode: 'x' }] }, '/networks(0)/mode', 'error.unknown.enum.literal'],
  ['backoff', { scheduling: { backoff: { backoff: -1 } } }, '/scheduling/backoff/backoff', 'error.min'],
  [
    'capacity',
    { scheduling: { upgrade: { minimumHealthCapacity: 1.1 } } },
    '/scheduling/upgrade/minimumHealthCapacity',
    'error.max',
  ],
  [
    'operator',
    { scheduling: { placement: { constraints: [{ fieldName: 'a', operator: 'IN' }] } } },
    '/scheduling/placement/constraints(0)/operator',
    'error.unknown.enum.literal',
  ],
  [
    'kill selection',
    { scheduling: { killSelection: 'NONE' } },
    '/scheduling/killSelection',
    'error.unknown.enum.literal',
  ],
  ['empty role', { role: '' }, '/role', 'error.minLength'],
  ['shared cgroups in words', { legacySharedCgroups: 'yes' }, '/legacySharedCgroups', 'error.expected.jsboolean'],
];

describe('what cannot be read', () => {
  test.each(WORDS)('%s', (_name, input, path, error) => {
    expect(refusal({ id: '/pod', containers: [container()], ...input })).toEqual({
      status: 422,
      message: 'Invalid JSON',
      details: [{ path, errors: [error] }],
    });
  });

  test('everything that is missing, together', () => {
    expect(refusal({ containers: [{}], volumes: [{}] })).toEqual({
      status: 422,
      message: 'Invalid JSON',
      details: [
        { path: '/id', errors: ['\'id\' is undefined on object: {"containers":[{}],"volumes":[{}]}'] },
        { path: '/containers(0)/name', errors: ["'name' is undefined on object: {}"] },
        { path: '/containers(0)/resources', errors: ["'resources' is undefined on object: {}"] },
        { path: '/volumes(0)/name', errors: ["'name' is undefined on object: {}"] },
      ],
    });
  });
});

/** `scheduling` of a pod that gives none. */
const SCHEDULING = {
  backoff: { backoff: 1, backoffFactor: 1.15, maxLaunchDelay: 300 },
  upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
  placement: {},
  killSelection: 'YOUNGEST_FIRST',
  unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
};

describe('defaults', () => {
  test('of the smallest pod', () => {
    expect(renderPod(accepted({}))).toEqual({
      id: '/pod',
      containers: [{ name: 'web', resources: { cpus: 1, mem: 128, disk: 0, gpus: 0 } }],
      scaling: { kind: 'fixed', instances: 1 },
      scheduling: SCHEDULING,
      executorResources: { cpus: 0.1, mem: 32, disk: 10 },
      role: '*',
    });
  });

  test('of a pod with persistent volumes', () => {
    const mounted = one({ volumeMounts: [{ name: 'd', mountPath: '/d' }] });
    const pod = renderPod(accepted({ ...mounted, volumes: [{ name: 'd', persistent: { size: 10 } }] }));
    expect(pod.volumes).toEqual([{ name: 'd', persistent: { type: 'root', size: 10, constraints: [] } }]);
    expect(pod.scheduling).toEqual({
      ...SCHEDULING,
      upgrade: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
      unreachableStrategy: 'disabled',
    });
  });

  test.each([
    ['host by default', [], 0],
    ['host', [{ mode: 'host' }], 0],
    ['bridge', [{ mode: 'container/bridge' }], 0],
    ['container', [{ name: 'n' }], undefined],
  ])('host port: %s', (_name, networks, hostPort) => {
    const containerPort = networks.some((network) => 'name' in network) ? { containerPort: 80 } : {};
    const pod = accepted({ ...one({ endpoints: [{ name: 'a', ...containerPort }] }), networks });
    expect(pod.containers[0]?.endpoints[0]?.hostPort).toBe(hostPort);
  });

  test('resources are those of all containers and of the executor', () => {
    const containers = [
      container({ resources: { cpus: 0.5, mem: 64, disk: 1, gpus: 1 } }),
      container({ name: 'side', resources: { cpus: 0.25, mem: 32 } }),
    ];
    expect(accepted({ containers, executorResources: { cpus: 0.25, mem: 40, disk: 20 } }).resources).toEqual({
      cpus: 1,
      mem: 136,
      disk: 21,
      gpus: 1,
    });
  });

  test('null is as good as nothing, at every level', () => {
    const given = { ...one({ image: null, endpoints: null, tty: null }), scaling: null, networks: null, version: 'x' };
    expect(accepted(given)).toEqual(accepted({}));
  });

  test('legacySharedCgroups is kept when it is true only, check never', () => {
    expect(accepted({ legacySharedCgroups: false })).toEqual(accepted({}));
    expect(accepted({ legacySharedCgroups: true })).toMatchObject({ legacySharedCgroups: true });
    expect(accepted(one({ check: { tcp: { endpoint: 'a' } } }))).toEqual(accepted({}));
  });
});

test('a pod with everything is shown in the order of Marathon, as it was given', () => {
  const pod = {
    id: '/shop/sidecar',
    labels: { a: 'b' },
    user: 'root',
    environment: { A: 'x', B: { secret: 's' } },
    containers: [
      {
        name: 'web',
        exec: { command: { shell: './web' }, overrideEntrypoint: true },
        resources: { cpus: 0.5, mem: 64, disk: 1, gpus: 0 },
        resourceLimits: { cpus: 1, mem: 'unlimited' },
        endpoints: [
          {
            name: 'http',
            containerPort: 80,
            hostPort: 0,
            protocol: ['tcp'],
            labels: { VIP_0: '1.2.3.4:80' },
            networkNames: ['n'],
          },
        ],
        linuxInfo: { seccomp: { profileName: 'p', unconfined: false }, ipcInfo: { mode: 'PRIVATE', shmSize: 16 } },
        image: { kind: 'DOCKER', id: 'i', pullConfig: { secret: 's' }, forcePull: true, labels: { os: 'linux' } },
        environment: { C: 'd' },
        user: 'nobody',
        healthCheck: {
          http: { endpoint: 'http', path: '/', scheme: 'HTTP' },
          gracePeriodSeconds: 30,
          intervalSeconds: 10,
          maxConsecutiveFailures: 3,
          timeoutSeconds: 5,
          delaySeconds: 15,
        },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp', readOnly: true }],
        artifacts: [{ uri: 'http://h/a', extract: false, executable: true, cache: false, destPath: 'a' }],
        labels: { c: 'd' },
        lifecycle: { killGracePeriodSeconds: 1.5 },
        tty: true,
      },
      {
        name: 'side',
        exec: { command: { argv: ['a', 'b'] } },
        resources: { cpus: 1, mem: 128, disk: 0, gpus: 0 },
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp', readOnly: false },
          { name: 'agent', mountPath: '/agent', readOnly: false },
          { name: 'key', mountPath: '/key', readOnly: false },
          { name: 'disk', mountPath: '/disk', readOnly: false },
        ],
      },
    ],
    secrets: { s: { source: '/s' } },
    volumes: [
      { name: 'tmp' },
      { name: 'agent', host: '/etc' },
      { name: 'key', secret: 's' },
      {
        name: 'disk',
        persistent: { size: 10, maxSize: 20, profileName: 'p', type: 'mount', constraints: [['path', 'LIKE', '/d.*']] },
      },
    ],
    networks: [{ name: 'n', mode: 'container', labels: { e: 'f' } }],
    scaling: { kind: 'fixed', instances: 2 },
    scheduling: {
      backoff: { backoff: 0.5, backoffFactor: 0.9, maxLaunchDelay: 10 },
      upgrade: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
      placement: {
        constraints: [
          { fieldName: 'rack', operator: 'GROUP_BY', value: '3' },
          { fieldName: 'hostname', operator: 'UNIQUE' },
        ],
        acceptedResourceRoles: ['*'],
      },
      killSelection: 'OLDEST_FIRST',
      unreachableStrategy: 'disabled',
    },
    executorResources: { cpus: 0.2, mem: 64, disk: 10 },
    role: 'shop',
    linuxInfo: { ipcInfo: { mode: 'SHARE_PARENT' } },
  };
  expect(JSON.stringify(renderPod(accepted(pod)), null, 1)).toBe(JSON.stringify(pod, null, 1));
});

test('the schema can be told to others', () => {
  const schema = inputJsonSchema(podSchema);
  expect(schema.required).toEqual(['id', 'containers']);
  expect(Object.keys(schema.properties ?? {})).toHaveLength(14);
});
