import { describe, expect, test } from 'vitest';
import { renderStartTask } from '../../../lib/launch/start-task.ts';
import { renderTaskDefinition } from '../../../lib/launch/task-definition.ts';
import type { LaunchId } from '../../../lib/model/ids.ts';
import type { AppSpec, Container, DockerImage } from '../../../lib/model/run-spec.ts';
import { hostPortWishesOf } from '../../../lib/model/spec-ports.ts';
import { taskOverrides } from '../../../lib/model/task-overrides.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent } from '../../fixtures/an-instance.ts';

const image: DockerImage = { image: 'nginx:1', forcePullImage: false, privileged: false, parameters: [] };
const inDocker = (docker: Partial<DockerImage> = {}, container: Partial<Container> = {}): Partial<AppSpec> => ({
  container: { type: 'DOCKER', volumes: [], docker: { ...image, ...docker }, ...container },
});
const definitionOf = (app: Partial<AppSpec>) => renderTaskDefinition(anApp(app), aConfig());

function without<K extends keyof AppSpec>(key: K, app: Partial<AppSpec> = {}): AppSpec {
  const { [key]: _, ...rest } = anApp(app);
  return rest as AppSpec;
}

/** Of definitions that say nothing of logs. */
const TO_LOG_GROUP = {
  logConfiguration: {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': '/stride/default/tasks',
      'awslogs-region': 'local',
      'awslogs-stream-prefix': 'stride',
      mode: 'non-blocking',
    },
  },
};

describe('task definition (aws.md §1.6)', () => {
  test('of a cmd without an image: the configured image, in a shell', () => {
    expect(definitionOf({})).toEqual({
      family: expect.stringMatching(/^stride-[0-9a-f]{32}$/),
      networkMode: 'host',
      container: {
        name: 'app',
        image: 'public.ecr.aws/docker/library/alpine:3',
        entryPoint: ['/bin/sh', '-c'],
        memory: 6,
        privileged: false,
        mountPoints: [],
        dockerLabels: { 'stride.default-image': 'true' },
        fields: TO_LOG_GROUP,
      },
    });
  });

  test('of an image with everything that it can carry', () => {
    const app = {
      ...inDocker(
        { privileged: true },
        {
          volumes: [
            { kind: 'host', containerPath: '/data', hostPath: '/mnt/data', mode: 'RW' },
            { kind: 'host', containerPath: '/etc/x', hostPath: '/etc/x', mode: 'RO' },
          ],
        },
      ),
      user: 'nobody',
      taskKillGracePeriodSeconds: 45,
    };
    expect(definitionOf(app).container).toEqual({
      name: 'app',
      image: 'nginx:1',
      entryPoint: ['/bin/sh', '-c'],
      memory: 6,
      user: 'nobody',
      privileged: true,
      stopTimeoutSeconds: 45,
      mountPoints: [
        { hostPath: '/mnt/data', containerPath: '/data', readOnly: false },
        { hostPath: '/etc/x', containerPath: '/etc/x', readOnly: true },
      ],
      dockerLabels: {},
      fields: TO_LOG_GROUP,
    });
  });

  test('of an app with a log driver of its own: that one alone', () => {
    const parameters = [{ key: 'log-driver', value: 'json-file' }];
    expect(definitionOf(inDocker({ parameters })).container.fields).toEqual({
      logConfiguration: { logDriver: 'json-file' },
    });
  });

  test('is shared by all that overrides can tell apart', () => {
    const family = definitionOf({}).family;
    const same = [
      { cmd: 'sleep 1' },
      { env: { A: '1' } },
      { labels: { a: 'b' } },
      { resources: { cpus: 2, mem: 9, disk: 1, gpus: 1 } },
      { instances: 9 },
      { constraints: [{ field: 'hostname', operator: 'UNIQUE' as const }] },
    ];
    expect(same.map((app) => definitionOf(app).family)).toEqual(same.map(() => family));
    const others = [
      inDocker(),
      inDocker({ image: 'nginx:2' }),
      inDocker({ privileged: true }),
      { user: 'nobody' },
      { taskKillGracePeriodSeconds: 1 },
      inDocker({}, { volumes: [{ kind: 'host', containerPath: '/d', hostPath: '/d', mode: 'RW' }] }),
    ];
    expect(new Set([family, ...others.map((app) => definitionOf(app).family)]).size).toBe(others.length + 1);
  });

  test('of an app that has to wait: an error', () => {
    expect(() => definitionOf({ networks: [{ mode: 'container', name: 'n', labels: {} }] })).toThrow(
      '/app/networks: network mode container is not served by this version',
    );
  });

  test('of fields and options that ECS has settings for', () => {
    const parameters = [
      { key: 'cap-add', value: 'CAP_NET_ADMIN' },
      { key: 'cap-add', value: 'sys_ptrace' },
      { key: 'cap-drop', value: 'ALL' },
      { key: 'device', value: '/dev/fuse' },
      { key: 'device', value: '/dev/a:/dev/b:r' },
      { key: 'init', value: 'true' },
      { key: 'shm-size', value: '64m' },
      { key: 'memory-swappiness', value: '10' },
      { key: 'tmpfs', value: '/run:rw,size=1500k,noexec' },
      { key: 'ulimit', value: 'nofile=1024:2048' },
      { key: 'ulimit', value: 'nproc=5' },
      { key: 'hostname', value: 'me' },
      { key: 'add-host', value: 'db:10.0.0.1' },
      { key: 'dns', value: '10.0.0.2' },
      { key: 'dns-search', value: 'example' },
      { key: 'security-opt', value: 'no-new-privileges' },
      { key: 'sysctl', value: 'net.core.somaxconn=9' },
      { key: 'read-only', value: '' },
      { key: 'workdir', value: '/srv' },
      { key: 'e', value: 'A=b=c' },
      { key: 'l', value: 'team=web' },
      { key: 'v', value: '/a:/b:ro' },
      { key: 'user', value: 'www' },
      { key: 'privileged', value: 'true' },
      { key: 'i', value: '' },
      { key: 'log-driver', value: 'gelf' },
      { key: 'log-opt', value: 'tag=x' },
      { key: 'pid', value: 'host' },
      { key: 'ipc', value: 'none' },
    ];
    expect(definitionOf({ ...inDocker({ parameters }), tty: true })).toEqual({
      family: expect.stringMatching(/^stride-[0-9a-f]{32}$/),
      networkMode: 'host',
      pidMode: 'host',
      ipcMode: 'none',
      container: {
        name: 'app',
        image: 'nginx:1',
        entryPoint: ['/bin/sh', '-c'],
        memory: 6,
        user: 'www',
        privileged: true,
        mountPoints: [{ hostPath: '/a', containerPath: '/b', readOnly: true }],
        dockerLabels: { team: 'web' },
        fields: {
          pseudoTerminal: true,
          interactive: true,
          hostname: 'me',
          workingDirectory: '/srv',
          readonlyRootFilesystem: true,
          environment: [{ name: 'A', value: 'b=c' }],
          dnsServers: ['10.0.0.2'],
          dnsSearchDomains: ['example'],
          extraHosts: [{ hostname: 'db', ipAddress: '10.0.0.1' }],
          dockerSecurityOptions: ['no-new-privileges'],
          systemControls: [{ namespace: 'net.core.somaxconn', value: '9' }],
          ulimits: [
            { name: 'nofile', softLimit: 1024, hardLimit: 2048 },
            { name: 'nproc', softLimit: 5, hardLimit: 5 },
          ],
          logConfiguration: { logDriver: 'gelf', options: { tag: 'x' } },
          linuxParameters: {
            capabilities: { add: ['NET_ADMIN', 'SYS_PTRACE'], drop: ['ALL'] },
            devices: [
              { hostPath: '/dev/fuse', containerPath: '/dev/fuse', permissions: ['read', 'write', 'mknod'] },
              { hostPath: '/dev/a', containerPath: '/dev/b', permissions: ['read'] },
            ],
            initProcessEnabled: true,
            sharedMemorySize: 64,
            swappiness: 10,
            tmpfs: [{ containerPath: '/run', size: 2, mountOptions: ['rw', 'noexec'] }],
          },
        },
      },
    });
  });

  test('in bridge mode: the mappings, host port 0 for those that the agent picks', () => {
    const mapping = { servicePort: 10_000, protocol: 'tcp' as const, labels: {}, networkNames: [] };
    const portMappings = [
      { ...mapping, containerPort: 80, hostPort: 0 },
      { ...mapping, containerPort: 0, hostPort: 0 },
      { ...mapping, containerPort: 53, hostPort: 5353, protocol: 'udp' as const },
    ];
    const app = {
      ...inDocker({}, { portMappings }),
      networks: [{ mode: 'container/bridge' as const, labels: {} }],
      portDefinitions: [],
    };
    const { networkMode, container } = definitionOf(app);
    expect({ networkMode, mappings: container.portMappings }).toEqual({
      networkMode: 'bridge',
      mappings: [
        { containerPort: 80, hostPort: 0, protocol: 'tcp' },
        { containerPort: 10_000, hostPort: 0, protocol: 'tcp' },
        { containerPort: 53, hostPort: 5353, protocol: 'udp' },
      ],
    });
    expect(hostPortWishesOf(anApp(app))).toEqual([{ kind: 'fixed', port: 5353 }]);
  });

  test("the app's own user goes before the option", () => {
    const app = { ...inDocker({ parameters: [{ key: 'user', value: 'www' }] }), user: 'nobody' };
    expect(definitionOf(app).container.user).toBe('nobody');
  });

  test.each<readonly [name: string, container: Partial<Container>, expected: object]>([
    ['of its own', { linuxInfo: { ipcInfo: { mode: 'PRIVATE' } } }, {}],
    [
      'of its own, with a size',
      { linuxInfo: { ipcInfo: { mode: 'PRIVATE', shmSize: 8 } } },
      { container: { fields: { linuxParameters: { sharedMemorySize: 8 } } } },
    ],
    ["the agent's", { linuxInfo: { ipcInfo: { mode: 'SHARE_PARENT' } } }, { ipcMode: 'host' }],
  ])('shared memory: %s', (_, container, expected) => {
    const [plain, app] = [{}, container].map((part) => definitionOf(inDocker({}, { type: 'MESOS', ...part })));
    const { container: { fields = {} } = {}, ...rest } = expected as { container?: { fields?: object } };
    const family = expect.any(String);
    const own = { ...plain?.container, fields: { ...TO_LOG_GROUP, ...fields } };
    expect(app).toEqual({ ...plain, ...rest, family, container: own });
  });

  test('without a hard limit on memory: a soft one', () => {
    expect(definitionOf({ resourceLimits: { mem: 'unlimited' } }).container).toMatchObject({
      memory: 6,
      memoryIs: 'soft',
    });
  });
});

describe('command (task-environment.md §5)', () => {
  const noCmd = (app: Partial<AppSpec>) => without('cmd', app);
  test.each<
    readonly [name: string, spec: AppSpec, entryPoint: readonly string[] | undefined, command: readonly string[]]
  >([
    ['cmd', anApp({ cmd: 'echo $HOST' }), ['/bin/sh', '-c'], ['echo $HOST']],
    ['cmd in an image', anApp({ ...inDocker(), cmd: 'echo $HOST' }), ['/bin/sh', '-c'], ['echo $HOST']],
    ['args for an image', noCmd({ ...inDocker(), args: ['-g', 'x'] }), undefined, ['-g', 'x']],
    ['args without an image', noCmd({ args: ['/bin/echo', 'a', 'b'] }), ['/bin/echo'], ['a', 'b']],
    ['one arg without an image', noCmd({ args: ['/bin/true'] }), ['/bin/true'], []],
    ['neither, an image', noCmd(inDocker()), undefined, []],
  ])('%s', (_, spec, entryPoint, command) => {
    expect(renderTaskDefinition(spec, aConfig()).container.entryPoint).toEqual(entryPoint);
    expect(start(spec).container.command).toEqual(command);
  });
});

function start(spec: AppSpec) {
  return renderStartTask({
    spec,
    instance: anInstance(),
    launch: '97c136bf-5a28-4821-9d94-480d9fbb01c8' as LaunchId,
    agent: anInstanceAgent(),
    hostPorts: spec.portDefinitions.map((_, index) => 31_000 + index),
    taskDefinitionArn: 'arn:aws:ecs:local:000000000000:task-definition/stride-x:1',
    enforceGroupRole: true,
    config: aConfig({ scheduler: 'blue' }),
  });
}

describe('start request', () => {
  test('complete', () => {
    const request = start(anApp({ portDefinitions: [], env: { A: '1' } }));
    expect(request).toEqual({
      taskDefinitionArn: 'arn:aws:ecs:local:000000000000:task-definition/stride-x:1',
      containerInstance: anInstanceAgent().arn,
      launch: '97c136bf-5a28-4821-9d94-480d9fbb01c8',
      group: 'stride:blue',
      container: {
        name: 'app',
        command: ['sleep 100'],
        environment: {
          A: '1',
          HOST: 'i-0a1.example.internal',
          MARATHON_APP_ENFORCE_GROUP_ROLE: 'TRUE',
          MARATHON_APP_ID: '/app',
          MARATHON_APP_LABELS: '',
          MARATHON_APP_RESOURCE_CPUS: '1.0',
          MARATHON_APP_RESOURCE_DISK: '0.0',
          MARATHON_APP_RESOURCE_GPUS: '0',
          MARATHON_APP_RESOURCE_MEM: '128.0',
          MARATHON_APP_VERSION: '2021-03-02T08:00:00.000Z',
          MESOS_TASK_ID: 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002._app.1',
        },
        cpu: 1024,
        memory: 128,
      },
    });
  });

  test.each([
    [
      { cpus: 0.1, mem: 10, disk: 0, gpus: 0 },
      { cpu: 102, memory: 10 },
    ],
    [
      { cpus: 0, mem: 0, disk: 0, gpus: 0 },
      { cpu: 0, memory: 6 },
    ],
    [
      { cpus: 1.5, mem: 10.9, disk: 5, gpus: 2 },
      { cpu: 1536, memory: 10, gpus: 2 },
    ],
  ])('%j in whole units of ECS', (resources, expected) => {
    const { cpu, memory, gpus } = start(anApp({ resources })).container;
    expect({ cpu, memory, ...(gpus !== undefined && { gpus }) }).toEqual(expected);
  });

  test.each<readonly [limits: AppSpec['resourceLimits'], expected: object]>([
    [
      { mem: 512.5, cpus: 4 },
      { memory: 512, memoryReservation: 128, cpu: 1024 },
    ],
    [{ mem: 'unlimited' }, { memoryReservation: 128, cpu: 1024 }],
    [{ cpus: 'unlimited' }, { memory: 128, cpu: 1024 }],
  ])('limits %j: hard and soft', (resourceLimits, expected) => {
    const app = resourceLimits === undefined ? anApp() : anApp({ resourceLimits });
    const { memory, memoryReservation, cpu } = start(app).container;
    const told = taskOverrides(start(app).container).containerOverrides[0];
    const { memory: hard, memoryReservation: soft } = told ?? {};
    expect(JSON.parse(JSON.stringify({ memory, memoryReservation, cpu }))).toEqual(expected);
    expect({ hard, soft }).toEqual({ hard: memory, soft: memoryReservation });
  });

  test('as overrides: an empty command leaves the one of the image, gpus are a requirement', () => {
    const container = { name: 'app', command: [], environment: { A: '1' }, cpu: 2, memory: 6, gpus: 1 };
    expect(taskOverrides(container)).toEqual({
      containerOverrides: [
        {
          name: 'app',
          environment: [{ name: 'A', value: '1' }],
          cpu: 2,
          memory: 6,
          resourceRequirements: [{ type: 'GPU', value: '1' }],
        },
      ],
    });
    expect(taskOverrides({ name: 'app', command: ['a'], environment: {}, cpu: 2, memory: 6 })).toEqual({
      containerOverrides: [{ name: 'app', command: ['a'], environment: [], cpu: 2, memory: 6 }],
    });
  });
});
