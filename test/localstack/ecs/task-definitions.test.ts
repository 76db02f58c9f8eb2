import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  type ListTaskDefinitionsCommandInput,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LocalAws, startLocalAws, startTask } from './local-aws.ts';

let local: LocalAws;
beforeEach(async () => {
  local = await startLocalAws({ ephemeral: true, now: () => 1_700_000_000_250 });
});
afterEach(() => local.close());

const container = { name: 'main', image: 'nginx', memory: 64 };
const register = async (family: string, change: Partial<RegisterTaskDefinitionCommandInput> = {}) => {
  const input = { family, containerDefinitions: [container], ...change };
  const { taskDefinition } = await local.ecs.send(new RegisterTaskDefinitionCommand(input));
  return taskDefinition;
};
const describe = async (taskDefinition: string) =>
  (await local.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }))).taskDefinition;
const list = async (input: ListTaskDefinitionsCommandInput) => {
  const answer = await local.ecs.send(new ListTaskDefinitionsCommand(input));
  return [answer.taskDefinitionArns?.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)), answer.nextToken] as const;
};

test('a definition comes back as it was registered, with ECS’s defaults', async () => {
  const given = {
    ...container,
    entryPoint: ['/bin/sh'],
    stopTimeout: 5,
    dockerLabels: { a: 'b' },
    ulimits: [{ name: 'nofile' as const, softLimit: 1, hardLimit: 2 }],
    mountPoints: [{ sourceVolume: 'v', containerPath: '/v', readOnly: true }],
  };
  const registered = await register('web', {
    networkMode: 'host',
    containerDefinitions: [given],
    volumes: [{ name: 'v', host: { sourcePath: '/srv' } }],
    requiresCompatibilities: ['EC2'],
    cpu: '256',
    tags: [{ key: 'team', value: 'x' }],
  });
  expect(registered).toEqual({
    taskDefinitionArn: 'arn:aws:ecs:local:000000000000:task-definition/web:1',
    family: 'web',
    revision: 1,
    status: 'ACTIVE',
    networkMode: 'host',
    cpu: '256',
    containerDefinitions: [{ ...given, cpu: 0, essential: true, environment: [], portMappings: [], volumesFrom: [] }],
    volumes: [{ name: 'v', host: { sourcePath: '/srv' } }],
    requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.docker-remote-api.1.21' }],
    placementConstraints: [],
    compatibilities: ['EXTERNAL', 'EC2'],
    requiresCompatibilities: ['EC2'],
    registeredAt: new Date(1_700_000_000_250),
    registeredBy: 'AKIALOCALTEST',
  });
  expect(await describe('web')).toEqual(registered);
});

test('what a definition needs of a container instance, and a health check’s defaults', async () => {
  const registered = await register('web', {
    networkMode: 'awsvpc',
    taskRoleArn: 'arn:aws:iam::000000000000:role/x',
    volumes: [{ name: 'v', dockerVolumeConfiguration: { driver: 'rexray/ebs' } }],
    containerDefinitions: [
      {
        ...container,
        healthCheck: { command: ['CMD', 'true'] },
        logConfiguration: { logDriver: 'awslogs' },
        privileged: true,
        secrets: [{ name: 'S', valueFrom: 'arn:aws:secretsmanager:local:000000000000:secret:s' }],
      },
    ],
  });
  expect(registered?.containerDefinitions?.[0]?.healthCheck).toEqual({
    command: ['CMD', 'true'],
    interval: 30,
    timeout: 5,
    retries: 3,
  });
  expect(registered?.requiresAttributes?.map((each) => each.name)).toEqual([
    'com.amazonaws.ecs.capability.docker-remote-api.1.21',
    'com.amazonaws.ecs.capability.logging-driver.awslogs',
    'com.amazonaws.ecs.capability.task-iam-role',
    'com.amazonaws.ecs.capability.privileged-container',
    'ecs.capability.container-health-check',
    'ecs.capability.task-eni',
    'ecs.capability.secrets.asm.environment-variables',
    'ecs.capability.docker-plugin.rexray/ebs',
  ]);
});

test.each([
  ['bridge', 0],
  [undefined, 0],
  ['host', 80],
  ['awsvpc', 80],
] as const)('network mode %s: a host port left out is shown as %i', async (networkMode, hostPort) => {
  const portMappings = [{ containerPort: 80 }];
  const registered = await register('web', { networkMode, containerDefinitions: [{ ...container, portMappings }] });
  expect(registered?.containerDefinitions?.[0]?.portMappings).toEqual([
    { containerPort: 80, hostPort, protocol: 'tcp' },
  ]);
});

test('revisions count up; the family means the newest active one', async () => {
  await register('web');
  await register('web');
  await register('web-2');
  expect((await describe('web'))?.revision).toBe(2);
  expect((await describe('web:1'))?.revision).toBe(1);
  const arn = 'arn:aws:ecs:local:000000000000:task-definition/web:2';
  const { taskDefinition } = await local.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
  expect([taskDefinition?.status, taskDefinition?.deregisteredAt]).toEqual(['INACTIVE', new Date(1_700_000_000_250)]);
  expect((await describe('web'))?.revision).toBe(1);
  expect((await describe(arn))?.status).toBe('INACTIVE');
  await expect(startTask(local, arn)).rejects.toMatchObject({
    name: 'ClientException',
    message: 'TaskDefinition is inactive',
  });
  expect((await register('web'))?.revision).toBe(3);
  await expect(describe('none')).rejects.toMatchObject({
    name: 'ClientException',
    message: 'Unable to describe task definition.',
  });
  await expect(local.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('must name a revision'),
  });
});

test('lists: by family and status, both ways, page by page, revision 10 after 9', async () => {
  for (let revision = 1; revision <= 10; revision += 1) await register('web');
  await register('api');
  await local.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:4' }));
  const [first, token] = await list({ maxResults: 8 });
  expect(first).toEqual(['api:1', 'web:1', 'web:2', 'web:3', 'web:5', 'web:6', 'web:7', 'web:8']);
  expect(await list({ maxResults: 8, ...(token && { nextToken: token }) })).toEqual([['web:9', 'web:10'], undefined]);
  const [newest, rest] = await list({ familyPrefix: 'web', sort: 'DESC', maxResults: 2 });
  expect(newest).toEqual(['web:10', 'web:9']);
  const descending = { familyPrefix: 'web', sort: 'DESC', ...(rest && { nextToken: rest }) } as const;
  expect((await list(descending))[0]).toEqual(['web:8', 'web:7', 'web:6', 'web:5', 'web:3', 'web:2', 'web:1']);
  expect(await list({ status: 'INACTIVE' })).toEqual([['web:4'], undefined]);
});

test('deleted revisions: only what was deregistered; gone once nothing runs them, and never numbered again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await local.close();
  local = await startLocalAws({ ephemeral: true });
  for (const family of ['web', 'web', 'web', 'api']) await register(family);
  for (const revision of ['web:2', 'web:3', 'api:1']) {
    await local.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: revision }));
  }
  const arn = (name: string) => `arn:aws:ecs:local:000000000000:task-definition/${name}`;
  const families = async (status?: 'ACTIVE' | 'INACTIVE') =>
    (await local.ecs.send(new ListTaskDefinitionFamiliesCommand({ status }))).families;
  expect([await families(), await families('ACTIVE'), await families('INACTIVE')]).toEqual([
    ['api', 'web'],
    ['web'],
    ['api'],
  ]);
  const { taskDefinitions, failures } = await local.ecs.send(
    new DeleteTaskDefinitionsCommand({ taskDefinitions: ['web:1', 'web:3', 'none:1', arn('api:1')] }),
  );
  expect(taskDefinitions?.map((each) => [each.taskDefinitionArn, each.status])).toEqual([
    [arn('web:3'), 'DELETE_IN_PROGRESS'],
    [arn('api:1'), 'DELETE_IN_PROGRESS'],
  ]);
  expect(failures).toEqual([
    { arn: arn('web:1'), reason: expect.stringContaining('still in ACTIVE status') },
    { arn: 'none:1', reason: 'The specified task definition does not exist.' },
  ]);
  expect((await describe('web:3'))?.deleteRequestedAt).toBeInstanceOf(Date);
  expect((await list({ status: 'DELETE_IN_PROGRESS' }))[0]).toEqual(['api:1', 'web:3']);
  expect(await families()).toEqual(['web']);
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  await expect(describe('web:3')).rejects.toThrow('Unable to describe task definition.');
  expect((await register('web'))?.revision).toBe(4);
  await expect(local.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ['web'] }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

const two = (a: object, b: object) => ({
  containerDefinitions: [
    { ...container, ...a },
    { ...container, ...b },
  ],
});
const one = (change: object) => ({ containerDefinitions: [{ ...container, ...change }] });

test.each<[string, Partial<RegisterTaskDefinitionCommandInput>, string, RegExp]>([
  ['a family', { family: 'a b' }, 'InvalidParameterException', /^family: must be up to 255 letters/],
  ['no container', { containerDefinitions: [] }, 'InvalidParameterException', /^containerDefinitions: /],
  ['no image', one({ image: '' }), 'InvalidParameterException', /^containerDefinitions\.0\.image/],
  [
    'no memory',
    one({ memory: undefined }),
    'ClientException',
    /At least one of 'memory' or 'memoryReservation' must be specified/,
  ],
  ['5 MiB', one({ memory: 5 }), 'InvalidParameterException', /memory: is at least 6 MiB/],
  [
    'a reservation above the limit',
    one({ memoryReservation: 65 }),
    'ClientException',
    /'memoryReservation' must be at most 'memory'/,
  ],
  ['one name twice', two({}, {}), 'ClientException', /names in a task definition must be unique/],
  ['nothing essential', one({ essential: false }), 'ClientException', /at least one essential/],
  [
    'dependsOn',
    two({ name: 'a' }, { dependsOn: [{ containerName: 'a', condition: 'START' }] }),
    'ClientException',
    /has dependsOn/,
  ],
  [
    'an unknown volume',
    one({ mountPoints: [{ sourceVolume: 'v', containerPath: '/' }] }),
    'ClientException',
    /Unknown volume 'v'/,
  ],
  [
    'host mode with two ports',
    { networkMode: 'host', ...one({ portMappings: [{ containerPort: 80, hostPort: 81 }] }) },
    'ClientException',
    /host and container ports must match/,
  ],
  ['over 64 KiB', one({ command: ['x'.repeat(65_536)] }), 'ClientException', /over 64 KiB/],
  [
    'a health check every 4 seconds',
    one({ healthCheck: { command: ['CMD-SHELL', 'true'], interval: 4 } }),
    'InvalidParameterException',
    /healthCheck\.interval: /,
  ],
  [
    'a health check that is neither CMD nor CMD-SHELL',
    one({ healthCheck: { command: ['curl', 'localhost'] } }),
    'InvalidParameterException',
    /healthCheck\.command: must begin with CMD or CMD-SHELL/,
  ],
  [
    'distinctInstance',
    { placementConstraints: [{ type: 'distinctInstance' as 'memberOf' }] },
    'InvalidParameterException',
    /^placementConstraints: takes memberOf only/,
  ],
  ['Fargate', { requiresCompatibilities: ['FARGATE'] }, 'InvalidParameterException', /^requiresCompatibilities\.0/],
  [
    'an unserved member',
    { ephemeralStorage: { sizeInGiB: 21 } },
    'InvalidParameterException',
    /^ephemeralStorage: not served/,
  ],
])('refuses %s', async (_name, change, name, message) => {
  await expect(register('web', change)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  expect(await list({})).toEqual([[], undefined]);
});
