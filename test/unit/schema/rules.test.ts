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

const LABEL = "must match regular expression '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$'";
const mesos = (...volumes: readonly object[]) => ({ container: { type: 'MESOS', volumes } });
const linuxInfo = (info: object) => ({ container: { type: 'MESOS', linuxInfo: info } });
const persistent = (info: object, volume: object = {}) => ({
  containerPath: 'c',
  mode: 'RW',
  persistent: { size: 10, ...info },
  ...volume,
});
const external = (info: object, volume: object = {}) => ({ containerPath: 'c', mode: 'RW', external: info, ...volume });
const dvdi = (info: object, volume: object = {}) =>
  external({ provider: 'dvdi', name: 'v', options: { 'dvdi/driver': 'rexray' }, ...info }, volume);
const csi = (accessMode: string, { name = 'v', capability = {} }: { name?: string; capability?: object } = {}) =>
  external({
    provider: 'csi',
    name,
    options: { pluginName: 'p', capability: { accessMode, accessType: 'mount', fsType: 'ext4', ...capability } },
  });

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
  [
    'old docker mapping name twice',
    { container: { docker: { image: 'i', network: 'BRIDGE', portMappings: [{ name: 'a' }, { name: 'a' }] } } },
    ['/container/docker/portMappings', 'Port names must be unique.'],
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
  [
    'secrets that nobody defines',
    {
      container: {
        type: 'MESOS',
        docker: { image: 'i', pullConfig: { secret: 'toString' } },
        volumes: [{ containerPath: 'c', secret: 's' }],
      },
      secrets: { other: { source: 'x' } },
    },
    ['/container/volumes(0)', 'volume.secret must refer to an existing secret'],
    ['/container/docker/pullConfig', 'pullConfig.secret must refer to an existing secret'],
  ],
  [
    'seccomp profile, but unconfined',
    linuxInfo({ seccomp: { profileName: 'p', unconfined: true } }),
    ['/container/linuxInfo/seccomp', 'Seccomp unconfined can NOT be true when Profile is defined'],
  ],
  [
    'seccomp of no kind',
    linuxInfo({ seccomp: {} }),
    ['/container/linuxInfo/seccomp', 'Seccomp unconfined must be true when Profile is NOT defined'],
  ],
  [
    'shared memory of the parent',
    linuxInfo({ ipcInfo: { mode: 'SHARE_PARENT', shmSize: 1 } }),
    ['/container/linuxInfo/ipcInfo', 'ipcInfo shmSize can NOT be set when mode is SHARE_PARENT'],
  ],
  // §7.1
  ['one volume twice', mesos(dvdi({}), dvdi({ shared: true })), ['/container/volumes', 'Volume names must be unique']],
  [
    'persistent volume: path',
    mesos(persistent({}, { containerPath: '..' }), persistent({}, { containerPath: 'a/b' })),
    ['/container/volumes(0)/containerPath', 'can not be one of (.,..)'],
    ['/container/volumes(1)/containerPath', 'value must not contain "/"'],
  ],
  [
    'persistent volume: mode and size',
    mesos(persistent({ size: 0 }, { mode: 'RO' })),
    ['/container/volumes(0)/mode', 'does not equal RW'],
    ['/container/volumes(0)/persistent/size', 'got 0, expected more than 0'],
  ],
  [
    'persistent volume on the root disk: constraints and maxSize',
    mesos(persistent({ maxSize: 5, constraints: [['path', 'LIKE', 'a']] })),
    [
      '/container/volumes(0)/persistent',
      'Only mount volumes can have maxSize',
      'Constraints on root volumes are not supported',
      'Max size must be larger than size',
    ],
  ],
  [
    'persistent volume: constraints',
    mesos(
      persistent({
        type: 'path',
        constraints: [
          [],
          ['path', 'LIKE'],
          ['disk', 'LIKE', 'a'],
          ['path', 'UNIQUE', 'a'],
          ['path', 'like', 'a'],
          ['path', 'LIKE', '['],
        ],
      }),
    ),
    [
      '/container/volumes(0)/persistent/constraints',
      'Missing field and operator',
      'Unsupported constraint path,LIKE',
      'Unsupported constraint disk,LIKE,a',
      'Operator must be one of LIKE, UNLIKE',
      'unknown constraint operator like',
      'Invalid regular expression',
    ],
  ],
  [
    'dvdi: provider',
    mesos(external({ name: 'v' }), external({ name: 'w', provider: 'nfs' })),
    ['/container/volumes(0)/external/provider', 'not defined'],
    ['/container/volumes(1)/external/provider', 'is unknown provider'],
  ],
  [
    'dvdi: name and driver missing',
    mesos(external({ provider: 'dvdi' }), external({ provider: 'dvdi', name: '' })),
    ['/container/volumes(0)/external/name', 'not defined'],
    ['/container/volumes(0)/external/options("dvdi/driver")', 'not defined'],
    ['/container/volumes(1)/external/name', 'must not be empty'],
    ['/container/volumes(1)/external/options("dvdi/driver")', 'not defined'],
  ],
  [
    'dvdi: keys and driver',
    mesos(dvdi({ options: { 'dvdi/driver': 'RexRay', key: 'x' } })),
    [
      '/container/volumes(0)/external/options/keys',
      "must match regular expression '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?/[A-Za-z0-9](?:[-A-Za-z0-9\\._:]*[A-Za-z0-9])?$'",
    ],
    ['/container/volumes(0)/external/options("dvdi/driver")', LABEL],
  ],
  [
    'dvdi: options of rexray',
    mesos(
      dvdi({
        options: {
          'dvdi/driver': 'rexray',
          'dvdi/volumetype': 'IO 1',
          'dvdi/newfstype': '-',
          'dvdi/iops': '0',
          'dvdi/overwritefs': 'yes',
        },
      }),
    ),
    ['/container/volumes(0)/external/options/"dvdi/volumetype"', LABEL],
    ['/container/volumes(0)/external/options/"dvdi/newfstype"', LABEL],
    ['/container/volumes(0)/external/options/"dvdi/iops"', 'Expected a valid, positive integer instead of 0'],
    ['/container/volumes(0)/external/options/"dvdi/overwritefs"', 'Expected a valid boolean'],
  ],
  [
    'dvdi in MESOS: path and mode',
    mesos(dvdi({}, { containerPath: '.', mode: 'RO' })),
    ['/container/volumes(0)/containerPath', 'can not be one of (.,..)'],
    ['/container/volumes(0)/mode', 'does not equal RW'],
  ],
  [
    'dvdi in DOCKER: options and size',
    {
      container: {
        ...docker,
        volumes: [dvdi({ size: 1, options: { 'dvdi/driver': 'rexray', 'dvdi/iops': '1' } }, { containerPath: '..' })],
      },
    },
    ['/container/volumes(0)/containerPath', 'can not be one of (.,..)'],
    ['/container/volumes(0)/external/options', 'must only contain dvdi/driver'],
    ['/container/volumes(0)/external/size', 'must be undefined for Docker containers'],
  ],
  [
    'dvdi: two instances, one more during an upgrade',
    { ...mesos(dvdi({})), instances: 2, upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 1 } },
    ['/', 'Number of instances is limited to 1 when declaring DVDI volumes in app [/app]'],
    ['/upgradeStrategy/maximumOverCapacity', 'got 1.0, expected 0.0'],
  ],
  [
    'csi: two instances on one disk',
    { ...mesos(csi('SINGLE_NODE_WRITER'), csi('MULTI_NODE_MULTI_WRITER', { name: 'w' })), instances: 2 },
    ['/instances', 'got 2, expected 1 or less while non-shareable CSI volumes are defined'],
  ],
  [
    'csi: two writers where there may be one',
    { ...mesos(csi('MULTI_NODE_SINGLE_WRITER')), instances: 2 },
    [
      '/instances',
      'got 2, expected 1 or less while a multi-node single-writer volume is defined mounted as read/write',
    ],
  ],
  [
    'csi: written, but read-only; no file system',
    mesos(csi('MULTI_NODE_READER_ONLY', { capability: { fsType: null } })),
    ['/container/volumes(0)/volume', 'CSI volume must be mounted readonly with a read-only access mode'],
    ['/container/volumes(0)/external/options/capability/fsType', 'not defined'],
  ],
  // §7.2
  [
    'resident app',
    {
      ...mesos(persistent({})),
      unreachableStrategy: {},
      acceptedResourceRoles: ['slave_public'],
      upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0.5 },
    },
    ['/', 'unreachableStrategy must be disabled for resident tasks'],
    ['/acceptedResourceRoles', 'A resident app must have `acceptedResourceRoles = ["*"]`.'],
    ['/upgradeStrategy/maximumOverCapacity', 'got 0.5, expected 0.0'],
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
  ['check of no kind', { check: { intervalSeconds: 1 } }, ['/check', 'must have exactly one of http, tcp, exec']],
  [
    'check of two kinds, without a port',
    { portDefinitions: [], check: { tcp: {}, exec: { command: { shell: 'true' } } } },
    [
      '/check',
      'must have exactly one of http, tcp, exec',
      'check port index must address an element of the ports array or container port mappings.',
    ],
  ],
  [
    'check of a port that is not there',
    { check: { http: { portIndex: 1 } } },
    ['/check', 'check port index must address an element of the ports array or container port mappings.'],
  ],
  [
    'check in docker',
    { container: docker, check: { tcp: {} } },
    ['/', "AppDefinition must not use 'checks' if using docker"],
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
  [
    'empty secret name',
    { secrets: { a: { source: 'x' }, '': { source: 'x' } } },
    ['/secrets/keys(1)', 'must not be empty'],
  ],
  [
    'fetch from nowhere',
    { fetch: [{ uri: '/a/b.tgz' }, { uri: 'http://h/a b' }, { uri: 'http:' }] },
    ['/fetch(1)/uri', 'URI has invalid syntax.'],
    ['/fetch(2)/uri', 'URI has invalid syntax.'],
  ],
  ['uris from nowhere', { uris: ['http://h/%zz'] }, ['/uris(0)', 'URI has invalid syntax.']],
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
  // §13
  [
    'limits below the request',
    { mem: 256, resourceLimits: { cpus: 0.5, mem: 200 } },
    ['/resourceLimits/cpus', 'resource limit must be greater than or equal to requested resource (1.0)'],
    ['/resourceLimits/mem', 'resource limit must be greater than or equal to requested resource (256.0)'],
  ],
  [
    'limits in words',
    { resourceLimits: { cpus: 'Infinity', mem: 'unlimited' } },
    ['/resourceLimits/cpus', "'Infinity' is an invalid resource limit. It must be 'unlimited' or a number"],
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
    { cmd: 'a', id: '/tasks', executor: 'x', unreachableStrategy: { inactiveAfterSeconds: 1 } },
    ['/id', RESERVED],
    ['/', 'must not be an empty string'],
  ],
];

/** What ECS can never do. */
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
    'Hadoop',
    { uris: ['http://h/a', 'HDFS://h/a'] },
    ['/fetch(1)/uri', 'is not supported: agents have no Hadoop client; use http, https or s3'],
  ],
  [
    'relative host path',
    mesos({ containerPath: 'c', hostPath: 'data', mode: 'RW' }),
    [
      '/container/volumes(0)/hostPath',
      'must be an absolute path on the agent: ECS has no sandbox that a relative one could refer to',
    ],
  ],
  [
    'csi block device',
    mesos(csi('SINGLE_NODE_WRITER', { capability: { accessType: 'block' } })),
    [
      '/container/volumes(0)/external/options/capability/accessType',
      'block is not supported: ECS gives tasks file systems, no devices of their own; use mount with an fsType',
    ],
  ],
  [
    'seccomp',
    linuxInfo({ seccomp: { unconfined: true } }),
    [
      '/container/linuxInfo/seccomp',
      "is not supported: ECS runs containers under Docker's default seccomp profile; leave it out",
    ],
  ],
  [
    'Docker parameters',
    {
      container: {
        docker: {
          image: 'i',
          parameters: [
            { key: 'hostname', value: 'a' },
            { key: 'cpuset-cpus', value: '0' },
            { key: 'ulimit', value: 'x' },
            { key: 'log-opt', value: 'a=b' },
          ],
        },
      },
    },
    [
      '/container/docker/parameters(1)',
      'cpuset-cpus is no field of an ECS task definition: leave it out, or set the same thing in the image',
    ],
    ['/container/docker/parameters(2)', 'x cannot be read: write name=soft:hard'],
    ['/container/docker/parameters(3)', 'needs log-driver beside it: ECS knows no options of the default driver'],
  ],
  [
    'bridge: both protocols, one port twice',
    {
      ...bridge,
      container: {
        ...docker,
        portMappings: [{ containerPort: 53, protocol: 'udp,tcp' }, { containerPort: 53 }, {}, {}],
      },
    },
    [
      '/container/portMappings(0)/protocol',
      'udp,tcp is not supported in bridge mode: ECS maps a container port for one protocol; use two ports',
    ],
    [
      '/container/portMappings(1)/containerPort',
      '53 is mapped already: ECS maps a container port once; use another one',
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

describe('limits of ECS', () => {
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
