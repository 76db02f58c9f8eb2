import { describe, expect, test } from 'vitest';
import { toErrorBody } from '../../../lib/errors/app-error.ts';
import { parseApp } from '../../../lib/schema/parse-app.ts';
import { aConfig } from '../../fixtures/a-config.ts';

type Row = readonly [
  name: string,
  input: object,
  ...details: readonly (readonly [path: string, ...errors: string[]])[],
];

const docker = { docker: { image: 'i' } };
const bridge = { networks: [{ mode: 'container/bridge' }] };
const NOT_RUNNABLE = "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.";
const PORT_INDEX = 'Health check port indices must address an element of the ports array or container port mappings.';
const RESERVED = 'must not end with any of the following reserved keywords: restart, tasks, versions, ., ..';
const IS_VALUE =
  'IS only supports Mesos text and float values (see http://mesos.apache.org/documentation/latest/attributes-resources/)';

/** Rules of app-model.md: what is given beside id `/app` and cmd `run`, then every path with its errors. */
const RULES: readonly Row[] = [
  // §3
  ['reserved last segment', { id: '/a/restart' }, ['/id', RESERVED]],
  ['reserved: versions', { id: 'versions' }, ['/id', RESERVED]],
  ['the root', { id: '/' }, ['/id', 'Path must contain at least one path element'], ['/', 'must not be root']],
  [
    'dots that lead to the root',
    { id: '/a/..' },
    ['/id', 'Path must contain at least one path element'],
    ['/', 'must not be root'],
  ],
  ['dependency with a reserved name', { dependencies: ['/ok', '/a/tasks'] }, ['/dependencies(1)', RESERVED]],
  // §2
  ['nothing to run', { cmd: null }, ['/', NOT_RUNNABLE]],
  ['cmd and args', { args: ['a'] }, ['/', NOT_RUNNABLE]],
  ['cmd and args in a container', { args: ['a'], container: docker }, ['/', NOT_RUNNABLE]],
  ['no command and no image', { cmd: null, container: { type: 'MESOS' } }, ['/', NOT_RUNNABLE]],
  ['cmd of one character', { cmd: 'a' }, ['/', 'must not be an empty string']],
  ['gpus with docker', { gpus: 1, container: docker }, ['/', 'GPU resources only work with the Mesos containerizer']],
  // §4
  [
    'host with a name',
    { networks: [{ mode: 'host', name: 'n' }] },
    ['/networks', 'Host networks may not have names or labels'],
  ],
  [
    'bridge with a name',
    { networks: [{ mode: 'container/bridge', name: 'n' }] },
    ['/networks', 'Bridge networks may not have names'],
  ],
  [
    'one network twice',
    { networks: [{ name: 'n' }, { name: 'n' }] },
    ['/networks', 'Duplicate networks are not allowed'],
  ],
  [
    'mixed networks',
    { networks: [{ mode: 'host' }, { name: 'n' }] },
    ['/networks', 'May specify a single host network, single bridge network, or else 1-to-n container networks'],
  ],
  [
    'two host networks',
    { networks: [{ mode: 'host' }, { mode: 'host' }] },
    ['/networks', 'May specify a single host network, single bridge network, or else 1-to-n container networks'],
  ],
  [
    'network without a name',
    { networks: [{}] },
    ['/networks', 'Network name must be specified when container network is selected.'],
  ],
  [
    'two networks with docker',
    { networks: [{ name: 'a' }, { name: 'b' }], container: docker },
    ['/', 'may only specify a single container network when using the Docker container engine'],
  ],
  [
    'docker.network and networks',
    { ...bridge, container: { docker: { image: 'i', network: 'HOST' } } },
    ['/', 'must not specify both container.docker.network and networks'],
  ],
  ['networks and ipAddress', { ...bridge, ipAddress: {} }, ['/', 'must not specify both networks and ipAddress']],
  ['ipAddress and ports', { ports: [1], ipAddress: {} }, ['/', 'cannot specify both an IP address and port']],
  [
    'discovery with docker',
    { container: docker, ipAddress: { discovery: {} } },
    ['/ipAddress', 'ipAddress/discovery is not allowed for Docker containers'],
  ],
  [
    'docker network NONE',
    { container: { docker: { image: 'i', network: 'NONE' } } },
    ['/container/docker/network', 'unsupported docker network type NONE'],
  ],
  // §5
  [
    'port twice',
    { portDefinitions: [{ port: 80 }, { port: 80 }, { port: 0 }, { port: 0 }] },
    ['/portDefinitions', 'Ports must be unique.'],
  ],
  [
    'port name twice',
    { portDefinitions: [{ name: 'a' }, { name: 'a' }] },
    ['/portDefinitions', 'Port names must be unique.'],
  ],
  [
    'mapping name twice',
    { ...bridge, container: { ...docker, portMappings: [{ name: 'a' }, { name: 'a' }] } },
    ['/container/portMappings', 'Port names must be unique.'],
  ],
  [
    'mapping on an undeclared network',
    { networks: [{ name: 'a' }], container: { type: 'MESOS', portMappings: [{ networkNames: ['b'] }] } },
    ['/container/portMappings(0)/networkNames(0)', 'is not one of (a)'],
  ],
  [
    'host port on one of several networks',
    { networks: [{ name: 'a' }, { name: 'b' }], container: { type: 'MESOS', portMappings: [{}, { hostPort: 1 }] } },
    [
      '/container/portMappings(1)',
      'networkNames must be a single item list when hostPort is specified and more than 1 container network is defined',
    ],
  ],
  ['old ports twice', { ports: [1, 1, 0, 0] }, ['/', 'ports must be unique']],
  [
    'ports and other definitions',
    { ports: [1], portDefinitions: [{ port: 2 }] },
    ['/', 'cannot specify both ports and port definitions'],
  ],
  [
    'both lists of mappings',
    { container: { docker: { image: 'i', portMappings: [{}] }, portMappings: [] } },
    ['/container/docker/portMappings', 'cannot specify both portMappings and docker.portMappings'],
  ],
  // §6
  [
    'constraint of one field',
    { constraints: [['a']] },
    ['/constraints', 'Each constraint must have either 2 or 3 fields'],
  ],
  [
    'constraint of four fields',
    { constraints: [['a', 'IS', 'b', 'c']] },
    ['/constraints', 'Each constraint must have either 2 or 3 fields'],
  ],
  [
    'constraint without a field',
    { constraints: [['', 'UNIQUE']] },
    ['/constraints', 'illegal constraint specification'],
  ],
  [
    'unknown operator',
    { constraints: [['a', 'IN', 'b']] },
    ['/constraints', 'operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS'],
  ],
  ['UNIQUE with a value', { constraints: [['a', 'UNIQUE', '']] }, ['/constraints', 'UNIQUE does not accept a value']],
  [
    'GROUP_BY with a word',
    { constraints: [['a', 'GROUP_BY', 'x']] },
    ['/constraints', 'GROUP BY must define an integer value or else no value at all'],
  ],
  [
    'MAX_PER without a value',
    { constraints: [['a', 'MAX_PER']] },
    ['/constraints', 'MAX_PER requires an integer value'],
  ],
  [
    'MAX_PER with a fraction',
    { constraints: [['a', 'MAX_PER', 1.5]] },
    ['/constraints', 'MAX_PER requires an integer value'],
  ],
  [
    'LIKE without a value, UNLIKE with an empty one: told once',
    {
      constraints: [
        ['a', 'LIKE'],
        ['a', 'UNLIKE', ''],
      ],
    },
    ['/constraints', 'LIKE and UNLIKE require a non-empty, regular expression value'],
  ],
  [
    'LIKE with a bad pattern',
    { constraints: [['a', 'LIKE', '[']] },
    ['/constraints', 'is not a valid regular expression'],
  ],
  [
    'a pattern that needs backtracking',
    { constraints: [['a', 'UNLIKE', '(?=a)b']] },
    ['/constraints', 'is not a valid regular expression'],
  ],
  ['IS with a blank', { constraints: [['a', 'IS', 'a b']] }, ['/constraints', IS_VALUE]],
  [
    'several bad constraints',
    { constraints: [['a'], ['a', 'UNIQUE', 1]] },
    ['/constraints', 'Each constraint must have either 2 or 3 fields', 'UNIQUE does not accept a value'],
  ],
  // §7
  ['docker without docker', { container: {} }, ['/container/docker', 'not defined']],
  [
    'pullConfig with docker',
    { container: { docker: { image: 'i', pullConfig: { secret: 's' } } } },
    ['/container/docker/pullConfig', 'pullConfig is not supported with Docker containerizer'],
  ],
  [
    'credential',
    { container: { docker: { image: 'i', credential: { principal: 'p' } } } },
    ['/container/docker/credential', 'must be empty'],
  ],
  [
    'docker-only parts with MESOS',
    {
      container: {
        type: 'MESOS',
        docker: { image: 'i', network: 'HOST', parameters: [{ key: 'a', value: 'b' }], portMappings: [] },
      },
    },
    ['/container/docker/network', 'must be empty'],
    ['/container/docker/parameters', 'must be empty'],
    ['/container/docker/portMappings', 'must be empty'],
  ],
  // §8
  ['port index out of range', { healthChecks: [{ portIndex: 1 }] }, ['/healthChecks(0)', PORT_INDEX]],
  [
    'check without any port',
    { portDefinitions: [], healthChecks: [{ protocol: 'TCP' }] },
    ['/healthChecks(0)', PORT_INDEX],
  ],
  [
    'agent check without any port',
    { portDefinitions: [], healthChecks: [{ protocol: 'MESOS_TCP' }] },
    ['/healthChecks(0)', PORT_INDEX],
  ],
  [
    'two agent checks',
    { healthChecks: [{ protocol: 'MESOS_TCP' }, { protocol: 'MESOS_HTTP' }] },
    ['/', 'AppDefinition can contain at most one Mesos health check'],
  ],
  [
    'IPv6 without docker',
    { healthChecks: [{ protocol: 'MESOS_HTTP', ipProtocol: 'IPv6' }] },
    ['/healthChecks(0)', 'IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks'],
  ],
  [
    'command with another protocol',
    { healthChecks: [{ command: { value: 'true' } }] },
    ['/healthChecks(0)/command', 'must be empty unless protocol is COMMAND'],
  ],
  [
    'COMMAND without a command, with a path and ports',
    { healthChecks: [{ protocol: 'COMMAND', path: '/', port: 1, portIndex: 0 }] },
    ['/healthChecks(0)/command', 'not defined'],
    ['/healthChecks(0)/path', 'must be empty when protocol is COMMAND'],
    ['/healthChecks(0)/port', 'must be empty when protocol is COMMAND'],
    ['/healthChecks(0)/portIndex', 'must be empty when protocol is COMMAND'],
  ],
  [
    'two readiness checks on no port',
    { readinessChecks: [{}, { portName: 'x' }] },
    ['/readinessChecks/size', 'got 2, expected 1 or less'],
    ['/readinessChecks(0)/portName', 'No port definition reference for portName http-api'],
    ['/readinessChecks(1)/portName', 'No port definition reference for portName x'],
  ],
  [
    'readiness time-out too long',
    { readinessChecks: [{ portName: 'default', intervalSeconds: 3 }] },
    ['/readinessChecks(0)/timeoutSeconds', 'got 10, expected less than 3'],
  ],
  // §9, §10
  ['empty env name', { env: { A: 'a', '': 'b' } }, ['/env/keys(1)', 'must not be empty']],
  ['undefined secret', { env: { A: { secret: 's' } } }, ['/env/A/secret', 'references an undefined secret']],
  [
    'a secret named as a prototype key',
    { env: { A: { secret: 'toString' } } },
    ['/env/A/secret', 'references an undefined secret'],
  ],
  ['uris and fetch', { uris: ['a'], fetch: [{ uri: 'b' }] }, ['/uris', 'may not be set in conjunction with fetch']],
  // §11
  [
    'expunged before inactive',
    { unreachableStrategy: { inactiveAfterSeconds: 20, expungeAfterSeconds: 10 } },
    [
      '/unreachableStrategy/inactiveAfterSeconds',
      'inactiveAfterSeconds (20) must be less or equal to expungeAfterSeconds, which is 10',
    ],
  ],
  // §12
  ['role of nobody', { role: 'x' }, ['/role', 'got x, expected one of: [*]']],
  ['role of another group', { id: '/dev/a', role: 'x' }, ['/role', 'got x, expected one of: [*, dev]']],
  ['no accepted role', { acceptedResourceRoles: [] }, ['/acceptedResourceRoles', 'must not be empty']],
  [
    'role that nobody offers',
    { id: '/dev/a', role: 'dev', acceptedResourceRoles: ['x'] },
    ['/acceptedResourceRoles', 'acceptedResourceRoles can only contain *, dev and slave_public'],
  ],
  [
    'impossible role names',
    { acceptedResourceRoles: ['', '.', '..', '-a', 'a b/c'] },
    [
      '/acceptedResourceRoles',
      'A role name must not be "".',
      'A role name must not be ".".',
      'A role name must not be "..".',
      "A role name must not start with a '-'.",
      'A role name must not include a space (\\x20) character.',
      'A role name must not include a slash (\\x2f) character.',
      'acceptedResourceRoles can only contain * and slave_public',
    ],
  ],
  // §14
  [
    'single instance app',
    {
      labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
      instances: 2,
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0 },
    },
    ['/', 'Single instance app may only have one instance'],
    ['/upgradeStrategy/minimumHealthCapacity', 'got 1.0, expected 0.0'],
  ],
  [
    'single instance app with the default strategy',
    { labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' } },
    ['/upgradeStrategy/minimumHealthCapacity', 'got 1.0, expected 0.0'],
    ['/upgradeStrategy/maximumOverCapacity', 'got 1.0, expected 0.0'],
  ],
  [
    'migration label alone',
    { labels: { DCOS_MIGRATION_API_VERSION: 'v1', DCOS_PACKAGE_FRAMEWORK_NAME: 'f' } },
    [
      '/',
      'DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION',
    ],
  ],
  // Several fields of one stage at once, and a later stage that has to wait.
  [
    'stages are not mixed',
    { cmd: 'a', id: '/tasks', fetch: [{ uri: 'x' }], unreachableStrategy: { inactiveAfterSeconds: 1 } },
    ['/id', RESERVED],
    ['/', 'must not be an empty string'],
  ],
];

const CURE = 'use a host volume, or storage outside the task';
const SECRET_CURE = 'let the task read it itself, for example from AWS Secrets Manager';
const mesos = (volume: object) => ({ container: { type: 'MESOS', volumes: [{ containerPath: 'c', ...volume }] } });

/** What this version cannot launch as asked. */
const UNSUPPORTED: readonly Row[] = [
  [
    'custom executor',
    { executor: '/bin/executor' },
    [
      '/executor',
      'custom executor /bin/executor is not supported: tasks run on ECS, which has no Mesos executors; use "" or "//cmd"',
    ],
  ],
  [
    'executorResources',
    { executorResources: {} },
    ['/executorResources', 'is not supported: there are no custom executors to give resources to; leave it out'],
  ],
  [
    'resourceLimits',
    { resourceLimits: { mem: 'unlimited' } },
    [
      '/resourceLimits',
      'a limit above the request is not supported yet: leave it out and give cpus and mem what the task may use at most',
    ],
  ],
  [
    'fetch',
    { fetch: [{ uri: 'http://h/a' }] },
    [
      '/fetch',
      'fetching artifacts (fetch, uris) is not supported yet: put them into the image, or download them in cmd',
    ],
  ],
  [
    'uris',
    { uris: ['http://h/a'] },
    [
      '/fetch',
      'fetching artifacts (fetch, uris) is not supported yet: put them into the image, or download them in cmd',
    ],
  ],
  ['check', { check: {} }, ['/check', 'check is not supported yet: use healthChecks, or leave it out']],
  [
    'residency',
    { residency: {} },
    ['/residency', 'residency is not supported yet: leave it out; it needs persistent volumes'],
  ],
  ['tty', { tty: true }, ['/tty', 'a pseudo-TTY is not supported yet: leave it out, or run cmd under script(1)']],
  [
    'bridge network',
    bridge,
    [
      '/networks(0)/mode',
      'mode container/bridge is not supported yet: use host, and let the task listen on $PORT0, $PORT1, …',
    ],
  ],
  [
    'secrets',
    { secrets: { s: { source: 'x' } }, env: { A: { secret: 's' } } },
    ['/secrets', `a secret is not supported yet: ${SECRET_CURE}`],
    ['/env/A', `a secret reference is not supported yet: ${SECRET_CURE}`],
  ],
  [
    'persistent volume',
    mesos({ mode: 'RW', persistent: { size: 1 } }),
    ['/container/volumes(0)/persistent', `a persistent volume is not supported yet: ${CURE}`],
  ],
  [
    'external volume',
    mesos({ mode: 'RW', external: { name: 'v', provider: 'dvdi' } }),
    ['/container/volumes(0)/external', `an external volume is not supported yet: ${CURE}`],
  ],
  [
    'secret volume',
    mesos({ secret: 's' }),
    [
      '/container/volumes(0)/secret',
      'a secret volume is not supported yet: mount the file from the agent with a host volume',
    ],
  ],
  [
    'relative host path',
    mesos({ hostPath: 'data', mode: 'RW' }),
    [
      '/container/volumes(0)/hostPath',
      'must be an absolute path on the agent: ECS has no sandbox that a relative one could refer to',
    ],
  ],
  [
    'linuxInfo',
    { container: { type: 'MESOS', linuxInfo: { seccomp: { unconfined: true } } } },
    [
      '/container/linuxInfo',
      'linuxInfo is not supported yet: leave it out; tasks run with the default seccomp profile and a private IPC namespace',
    ],
  ],
  [
    'Docker parameters',
    { container: { docker: { image: 'i', parameters: [{ key: 'a', value: 'b' }] } } },
    [
      '/container/docker/parameters',
      'a free-form Docker parameter is not supported yet: leave it out, or set the same thing in the image',
    ],
  ],
  [
    'pullConfig with MESOS',
    { container: { type: 'MESOS', docker: { image: 'i', pullConfig: { secret: 's' } } } },
    [
      '/container/docker/pullConfig',
      "pullConfig is not supported yet: leave it out and give the container instance's ECS agent the registry's credentials",
    ],
  ],
];

function expectRefused([, input, ...details]: Row): void {
  const parsed = parseApp({ id: '/app', cmd: 'run', ...input }, { config: aConfig() });
  expect(parsed.ok ? parsed.app : { status: parsed.error.status, ...toErrorBody(parsed.error) }).toEqual({
    status: 422,
    message: 'Object is not valid',
    details: details.map(([path, ...errors]) => ({ path, errors })),
  });
}

describe('rules of Marathon', () => {
  test.each(RULES.map((row) => ({ name: row[0], row })))('$name', ({ row }) => expectRefused(row));
});

describe('limits of this version', () => {
  test.each(UNSUPPORTED.map((row) => ({ name: row[0], row })))('$name', ({ row }) => expectRefused(row));

  test('more than one launch can carry', () => {
    const parsed = parseApp({ id: '/app', cmd: 'x'.repeat(9_000) }, { config: aConfig() });
    expect(parsed.ok ? parsed.app : toErrorBody(parsed.error)).toEqual({
      message: 'Object is not valid',
      details: [
        {
          path: '/',
          errors: [
            expect.stringMatching(
              /^cmd, args, env, labels and ports need up to \d+ characters at a launch, of which ECS takes 8192: shorten them by \d+,/,
            ),
          ],
        },
      ],
    });
  });
});
