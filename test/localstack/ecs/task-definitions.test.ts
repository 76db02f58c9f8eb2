import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  type ListTaskDefinitionsCommandInput,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
    requiresAttributes: [],
    placementConstraints: [],
    compatibilities: ['EXTERNAL', 'EC2'],
    requiresCompatibilities: ['EC2'],
    registeredAt: new Date(1_700_000_000_250),
    registeredBy: 'AKIALOCALTEST',
  });
  expect(await describe('web')).toEqual(registered);
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
