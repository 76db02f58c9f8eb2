import { describe, expect, test } from 'vitest';
import { toErrorBody } from '../../../../lib/errors/app-error.ts';
import { resolvePathId } from '../../../../lib/model/path-id.ts';
import type { PodDefinition, PodSpec } from '../../../../lib/model/run-spec.ts';
import { parsePod } from '../../../../lib/schema/pod/parse-pod.ts';
import { residentChangeViolations } from '../../../../lib/schema/rules/resident-change.ts';
import { aConfig } from '../../../fixtures/a-config.ts';
import { aPod } from '../../../fixtures/a-pod.ts';

const CONFIG = aConfig();

type Row = readonly [
  name: string,
  input: object,
  ...details: readonly (readonly [path: string, ...errors: string[]])[],
];

const container = (fields: object = {}) => ({ name: 'web', resources: {}, ...fields });
/** A pod with one container of these fields. */
const one = (fields: object, pod: object = {}) => ({ containers: [container(fields)], ...pod });
const endpoint = (fields: object, pod: object = {}) => one({ endpoints: [{ name: 'http', ...fields }] }, pod);
const networks = (...modes: readonly object[]) => ({ networks: modes });
const named = (...names: readonly string[]) => networks(...names.map((name) => ({ name, mode: 'container' })));
const healthCheck = (check: object) =>
  one({ endpoints: [{ name: 'http' }], healthCheck: { timeoutSeconds: 1, ...check } });
const volumes = (...list: readonly object[]) =>
  one({ volumeMounts: list.map((volume) => ({ mountPath: '/m', ...volume })) }, { volumes: list });
const resident = (pod: object = {}, disk: object = {}) =>
  one(
    { volumeMounts: [{ name: 'd', mountPath: '/d' }] },
    { volumes: [{ name: 'd', persistent: { size: 10, ...disk } }], ...pod },
  );
const placement = (...constraints: readonly object[]) => ({ scheduling: { placement: { constraints } } });
const roles = (...acceptedResourceRoles: readonly string[]) => ({ placement: { acceptedResourceRoles } });

const RESERVED = 'must not end with any of the following reserved keywords: restart, tasks, versions, ., ..';
const UNDEFINED_SECRET = 'references an undefined secret';
const NETWORK_NAMES =
  'networkNames must be a single item list when hostPort is specified and more than 1 container network is defined';
const IS_VALUE =
  'IS only supports Mesos text and float values (see http://mesos.apache.org/documentation/latest/attributes-resources/)';

/** Rules of pod-and-group-model.md A: what is given beside id `/pod` and one container, then every path with its errors. */
const RULES: readonly Row[] = [
  // A2
  ['relative id', { id: 'pod' }, ['/id', 'Path needs to be absolute']],
  ['the root', { id: '/' }, ['/id', 'Path must contain at least one path element']],
  ['reserved last segment', { id: '/a/versions' }, ['/id', RESERVED]],
  ['empty user', { user: '' }, ['/user', 'must not be empty']],
  [
    'reference to an undefined secret',
    { environment: { A: { secret: 's' } } },
    ['/environment/A/secret', UNDEFINED_SECRET],
  ],
  [
    'reference to an inherited key',
    { environment: { A: { secret: 'toString' } } },
    ['/environment/A/secret', UNDEFINED_SECRET],
  ],
  [
    'container names twice',
    { containers: [container(), container()] },
    ['/containers', 'container names must be unique'],
  ],
  ['name of a secret', { secrets: { '': { source: 's' } } }, ['/secrets/keys(0)', 'must not be empty']],
  [
    'negative instances',
    { scaling: { kind: 'fixed', instances: -1 } },
    ['/scaling/instances', 'got -1, expected 0 or more'],
  ],
  ['role of somebody else', { role: 'dev' }, ['/role', 'got dev, expected one of: [*]']],
  ['role of another group', { id: '/prod/pod', role: 'dev' }, ['/role', 'got dev, expected one of: [*, prod]']],
  [
    'seccomp of the executor',
    { linuxInfo: { seccomp: { unconfined: true } } },
    ['/linuxInfo/seccomp', 'Seccomp configuration on executor level is not supported'],
  ],
  [
    'shared memory of the parent, of the executor',
    { linuxInfo: { ipcInfo: { mode: 'SHARE_PARENT', shmSize: 1 } } },
    ['/linuxInfo/ipcInfo', 'ipcInfo shmSize can NOT be set when mode is SHARE_PARENT'],
  ],
  [
    'limits with shared cgroups',
    one({ resourceLimits: { mem: 200 } }, { legacySharedCgroups: true }),
    ['/containers(0)/resourceLimits', 'resourceLimits cannot be defined if legacySharedCgroups is enabled'],
  ],
  [
    'endpoint names twice',
    { containers: [container({ endpoints: [{ name: 'a' }] }), container({ name: 'b', endpoints: [{ name: 'a' }] })] },
    ['/', 'endpoint names nust be unique across all containers'],
  ],
  [
    'container ports twice',
    one(
      {
        endpoints: [
          { name: 'a', containerPort: 80 },
          { name: 'b', containerPort: 80 },
        ],
      },
      networks({ mode: 'container/bridge' }),
    ),
    ['/', 'container ports must be unique across all containers'],
  ],
  [
    'host ports twice',
    one({
      endpoints: [
        { name: 'a', hostPort: 80 },
        { name: 'b', hostPort: 80 },
      ],
    }),
    ['/', 'host ports must be unique across all containers'],
  ],
  // A3
  [
    'a limit below the request',
    one({ resources: { mem: 256 }, resourceLimits: { mem: 128 } }),
    ['/containers(0)/resourceLimits/mem', 'resource limit must be greater than or equal to requested resource (256.0)'],
  ],
  [
    'a limit in words',
    one({ resourceLimits: { cpus: 'Infinity' } }),
    [
      '/containers(0)/resourceLimits/cpus',
      "'Infinity' is an invalid resource limit. It must be 'unlimited' or a number",
    ],
  ],
  [
    'container port on the host network',
    endpoint({ containerPort: 80 }, networks({ mode: 'host' })),
    ['/containers(0)/endpoints(0)/containerPort', 'is not allowed when using host-mode networking'],
  ],
  [
    'no container port on a container network',
    endpoint({}, named('n')),
    ['/containers(0)/endpoints(0)/containerPort', 'is required when using container-mode networking'],
  ],
  [
    'a protocol twice',
    endpoint({ protocol: ['tcp', 'tcp'] }),
    ['/containers(0)/endpoints(0)/protocol', 'Duplicate protocols within the same endpoint are not allowed'],
  ],
  [
    'host port without a network of several',
    endpoint({ containerPort: 80, hostPort: 0 }, named('a', 'b')),
    ['/containers(0)/endpoints(0)', NETWORK_NAMES],
  ],
  [
    'unknown network',
    endpoint({ containerPort: 80, networkNames: ['c'] }, named('a', 'b')),
    ['/containers(0)/endpoints(0)/networkNames(0)', 'is not one of (a,b)'],
  ],
  [
    'seccomp with a profile and unconfined',
    one({ linuxInfo: { seccomp: { profileName: 'p', unconfined: true } } }),
    ['/containers(0)/linuxInfo/seccomp', 'Seccomp unconfined can NOT be true when Profile is defined'],
  ],
  [
    'seccomp with neither',
    one({ linuxInfo: { seccomp: {} } }),
    ['/containers(0)/linuxInfo/seccomp', 'Seccomp unconfined must be true when Profile is NOT defined'],
  ],
  [
    'shared memory of the parent',
    one({ linuxInfo: { ipcInfo: { mode: 'SHARE_PARENT', shmSize: 1 } } }),
    ['/containers(0)/linuxInfo/ipcInfo', 'ipcInfo shmSize can NOT be set when mode is SHARE_PARENT'],
  ],
  [
    'credentials that are no secret',
    one({ image: { kind: 'DOCKER', id: 'i', pullConfig: { secret: 's' } } }),
    ['/containers(0)/image/pullConfig', 'pullConfig.secret must refer to an existing secret'],
  ],
  [
    'reference of a container to an undefined secret',
    one({ environment: { A: { secret: 's' } } }),
    ['/containers(0)/environment/A/secret', UNDEFINED_SECRET],
  ],
  [
    'mount of no volume',
    one({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
    ['/containers(0)/volumeMounts(0)/name', 'Referenced Volume in VolumeMount should exist'],
  ],
  [
    'no way to check health',
    healthCheck({}),
    ['/containers(0)/healthCheck', 'Only one of http, tcp, or command may be specified'],
  ],
  [
    'two ways to check health',
    healthCheck({ tcp: { endpoint: 'http' }, exec: { command: { shell: 'true' } } }),
    ['/containers(0)/healthCheck', 'Only one of http, tcp, or command may be specified'],
  ],
  [
    'HTTP check of no endpoint',
    healthCheck({ http: { endpoint: 'x' } }),
    ['/containers(0)/healthCheck/http/endpoint', 'contained in the container endpoints'],
  ],
  [
    'TCP check of no endpoint',
    healthCheck({ tcp: { endpoint: 'x' } }),
    ['/containers(0)/healthCheck/tcp/endpoint', 'contained in the container endpoints'],
  ],
  [
    'time-out as long as the interval',
    healthCheck({ tcp: { endpoint: 'http' }, timeoutSeconds: 20, intervalSeconds: 20 }),
    ['/containers(0)/healthCheck/timeoutSeconds', 'got 20, expected less than 20'],
  ],
  // A4
  ['volume names twice', volumes({ name: 'v' }, { name: 'v' }), ['/volumes', 'volume names must be unique']],
  [
    'volume that nobody mounts',
    { volumes: [{ name: 'v' }] },
    ['/volumes(0)', 'volume must be referenced by at least one container'],
  ],
  [
    'volume of an undefined secret',
    volumes({ name: 'v', secret: 's' }),
    ['/volumes(0)', 'volume.secret must refer to an existing secret'],
  ],
  ['disk without a size', resident({}, { size: 0 }), ['/volumes(0)/persistent/size', 'got 0, expected more than 0']],
  [
    'largest size of a root disk',
    resident({}, { maxSize: 20 }),
    ['/volumes(0)/persistent', 'Only mount volumes can have maxSize'],
  ],
  [
    'constraint of a root disk',
    resident({}, { constraints: [['path', 'LIKE', '/x']] }),
    ['/volumes(0)/persistent', 'Constraints on root volumes are not supported'],
  ],
  [
    'constraint of a disk that cannot be read',
    resident({}, { type: 'mount', constraints: [['path', 'IS', '/x']] }),
    ['/volumes(0)/persistent/constraints', 'Operator must be one of LIKE, UNLIKE'],
  ],
  // A2: networks (app-model.md §4)
  [
    'named host network',
    networks({ mode: 'host', name: 'n' }),
    ['/networks', 'Host networks may not have names or labels'],
  ],
  [
    'named bridge',
    networks({ mode: 'container/bridge', name: 'n' }),
    ['/networks', 'Bridge networks may not have names'],
  ],
  ['a network twice', named('n', 'n'), ['/networks', 'Duplicate networks are not allowed']],
  [
    'host and container networks',
    networks({ mode: 'host' }, { name: 'n' }),
    ['/networks', 'May specify a single host network, single bridge network, or else 1-to-n container networks'],
  ],
  [
    'container network without a name',
    networks({ mode: 'container' }),
    ['/networks', 'Network name must be specified when container network is selected.'],
  ],
  // A5
  [
    'constraint without a field',
    placement({ fieldName: '', operator: 'UNIQUE' }),
    ['/scheduling/placement/constraints(0)', 'missing field for constraint declaration'],
  ],
  [
    'UNIQUE with a value',
    placement({ fieldName: 'a', operator: 'CLUSTER' }, { fieldName: 'a', operator: 'UNIQUE', value: 'x' }),
    ['/scheduling/placement/constraints(1)', 'UNIQUE does not accept a value'],
  ],
  [
    'GROUP_BY with a word',
    placement({ fieldName: 'a', operator: 'GROUP_BY', value: 'x' }),
    ['/scheduling/placement/constraints(0)', 'GROUP BY must define an integer value or else no value at all'],
  ],
  [
    'MAX_PER without a value',
    placement({ fieldName: 'a', operator: 'MAX_PER' }),
    ['/scheduling/placement/constraints(0)', 'MAX_PER requires an integer value'],
  ],
  [
    'LIKE without a value',
    placement({ fieldName: 'a', operator: 'LIKE' }),
    ['/scheduling/placement/constraints(0)', 'LIKE and UNLIKE require a non-empty, regular expression value'],
  ],
  [
    'UNLIKE with a broken pattern',
    placement({ fieldName: 'a', operator: 'UNLIKE', value: '(' }),
    ['/scheduling/placement/constraints(0)', 'is not a valid regular expression'],
  ],
  [
    'IS with a set',
    placement({ fieldName: 'a', operator: 'IS', value: '{a}' }),
    ['/scheduling/placement/constraints(0)', IS_VALUE],
  ],
  [
    'role that nobody has',
    { scheduling: roles('x') },
    ['/acceptedResourceRoles', 'acceptedResourceRoles can only contain * and slave_public'],
  ],
  [
    'name that is no role',
    { scheduling: roles('-x') },
    [
      '/acceptedResourceRoles',
      "A role name must not start with a '-'.",
      'acceptedResourceRoles can only contain * and slave_public',
    ],
  ],
  [
    'inactive after expunged',
    { scheduling: { unreachableStrategy: { inactiveAfterSeconds: 20, expungeAfterSeconds: 10 } } },
    [
      '/scheduling/unreachableStrategy/inactiveAfterSeconds',
      'inactiveAfterSeconds (20) must be less or equal to expungeAfterSeconds, which is 10',
    ],
  ],
  [
    'resident with an unreachable strategy',
    resident({ scheduling: { unreachableStrategy: { inactiveAfterSeconds: 0 } } }),
    ['/', 'unreachableStrategy must be disabled for pods with persistent volumes'],
  ],
  [
    'resident over capacity',
    resident({ scheduling: { upgrade: { maximumOverCapacity: 0.1 } } }),
    ['/upgrade/maximumOverCapacity', 'got 0.1, expected 0.0'],
  ],
  [
    'resident with other roles',
    resident({ scheduling: roles('slave_public') }),
    ['/acceptedResourceRoles', 'A resident pod must have `acceptedResourceRoles = ["*"]`.'],
  ],
];

/** What is accepted although a neighbouring rule refuses something like it. */
const ACCEPTED: readonly (readonly [name: string, input: object])[] = [
  [
    'several endpoints with container port 0',
    one(
      {
        endpoints: [
          { name: 'a', containerPort: 0 },
          { name: 'b', containerPort: 0 },
        ],
      },
      networks({ mode: 'container/bridge' }),
    ),
  ],
  ['a container port with no networks named', endpoint({ containerPort: 80 })],
  [
    'the same protocol at two endpoints',
    one({
      endpoints: [
        { name: 'a', protocol: ['tcp'] },
        { name: 'b', protocol: ['tcp'] },
      ],
    }),
  ],
  ['role of the own group', { id: '/dev/pod', role: 'dev' }],
  ['an operator in small letters', placement({ fieldName: 'a', operator: 'unique' })],
  ['a number in a constraint', placement({ fieldName: 'a', operator: 'GROUP_BY', value: 3 })],
  ['a resident pod with role *', resident({ scheduling: roles('*') })],
  ['a backoff factor below 1', { scheduling: { backoff: { backoffFactor: 0.5 } } }],
];

const parse = (input: object) => parsePod({ id: '/pod', containers: [container()], ...input }, { config: CONFIG });

function answer(parsed: ReturnType<typeof parsePod>): unknown {
  return parsed.ok ? parsed.pod : { status: parsed.error.status, ...toErrorBody(parsed.error) };
}

const notValid = (...details: readonly (readonly [path: string, ...errors: string[]])[]) => ({
  status: 422,
  message: 'Object is not valid',
  details: details.map(([path, ...errors]) => ({ path, errors })),
});

const titled = (rows: readonly Row[]) => rows.map((row) => ({ name: row[0], row }));

describe('rules of Marathon', () => {
  test.each(titled(RULES))('$name', ({ row: [, input, ...details] }) => {
    expect(answer(parse(input))).toEqual(notValid(...details));
  });

  test.each(ACCEPTED)('accepted: %s', (_name, input) => {
    expect(answer(parse(input))).toMatchObject({ kind: 'pod' });
  });
});

describe('against the pod before', () => {
  const id = resolvePathId('/prod/pod');
  const pod = (input: object) => {
    const parsed = parsePod({ id, containers: [container()], ...input }, { config: CONFIG });
    if (!parsed.ok) throw parsed.error;
    return parsed.pod;
  };
  const asSpec = (definition: PodDefinition): PodSpec => aPod(definition);
  const updated = (before: object, after: object) => residentChangeViolations(asSpec(pod(before)), pod(after), false);

  test('its role may be kept', () => {
    const body = { id, containers: [container()], role: 'old' };
    expect(answer(parsePod(body, { config: CONFIG, id, existingRole: 'old' }))).toMatchObject({ role: 'old' });
    expect(answer(parsePod({ ...body, role: 'new' }, { config: CONFIG, id, existingRole: 'old' }))).toEqual(
      notValid(['/role', 'got new, expected one of: [*, prod, old]']),
    );
  });

  test('the path names another pod', () => {
    const parsed = parsePod({ id, containers: [container()] }, { config: CONFIG, id: resolvePathId('/other') });
    expect(answer(parsed)).toEqual({
      status: 400,
      message: "'/other' does not match definition's id ('/prod/pod')",
    });
  });

  const RESIDENT: readonly Row[] = [
    ['a disk less', {}, ['/', 'persistent volumes cannot be updated']],
    ['a disk of another size', resident({}, { size: 11 }), ['/', 'persistent volumes cannot be updated']],
    [
      'other resources',
      {
        ...resident(),
        ...one({
          volumeMounts: [{ name: 'd', mountPath: '/d' }],
          resources: { cpus: 2, mem: 1, disk: 1, gpus: 1 },
        }),
      },
      [
        '/',
        'cpus cannot be updated if a pod has persistent volumes',
        'mem cannot be updated if a pod has persistent volumes',
        'disk cannot be updated if a pod has persistent volumes',
        'gpus cannot be updated if a pod has persistent volumes',
      ],
    ],
    [
      'another host port',
      {
        ...resident(),
        ...one({ volumeMounts: [{ name: 'd', mountPath: '/d' }], endpoints: [{ name: 'a', hostPort: 80 }] }),
      },
      ['/', 'host ports cannot be updated if a pod has persistent volumes'],
    ],
  ];

  test.each(titled(RESIDENT))('resident: $name', ({ row: [, after, ...details] }) => {
    expect(updated(resident(), after)).toEqual(
      details.flatMap(([path, ...errors]) => errors.map((error) => [path, error])),
    );
  });

  test('resident: a disk more', () => {
    expect(updated({}, resident())).toEqual([['/', 'persistent volumes cannot be updated']]);
  });

  test('resident: what may change', () => {
    const after = resident({ scaling: { kind: 'fixed', instances: 3 }, labels: { a: 'b' } });
    expect(updated(resident(), after)).toEqual([]);
    expect(updated({}, one({ resources: { cpus: 3 } }))).toEqual([]);
  });
});
