import { RegisterTaskDefinitionCommand, RunTaskCommand, type RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentEntry } from '../../../localstack/agents/agent-spec.ts';
import { settleAgents } from '../../../localstack/agents/settle-agents.ts';
import { instanceArns, type LocalAws, registerShell, startLocalAws, untilStatus } from './local-aws.ts';

let local: LocalAws;
let arns: string[];
let now: number;
beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  const agents = settleAgents([
    agentEntry.parse({ host: '10.0.0.1', cpus: 1, mem: 256, zone: 'local-a', attributes: { rack: 'r1' } }),
    agentEntry.parse({ host: '10.0.0.2', cpus: 1, mem: 512, zone: 'local-b', attributes: { rack: 'r2' } }),
    agentEntry.parse({ host: '10.0.0.3', cpus: 1, mem: 1024, zone: 'local-b', attributes: { rack: 'r3' } }),
  ]);
  local = await startLocalAws({ ephemeral: true, agents, now: () => now });
  arns = await instanceArns(local);
  await registerShell(local, 'true', { cpu: 100, memory: 64 });
});
afterEach(() => local.close());

const run = (input: Partial<RunTaskCommandInput> = {}) =>
  local.ecs.send(new RunTaskCommand({ cluster: 'stride', taskDefinition: 'shell', ...input }));
/** Which agent each task landed on, as 1, 2, 3. */
const placesOf = async (input: Partial<RunTaskCommandInput>) => {
  const { tasks = [], failures } = await run(input);
  expect(failures).toEqual([]);
  return tasks.map((task) => arns.indexOf(task.containerInstanceArn ?? '') + 1);
};
const memberOf = (expression: string) => [{ type: 'memberOf', expression } as const];

describe('placement', () => {
  test('pinned to one machine: there and nowhere else', async () => {
    const id = local.control.agents().find((each) => each.arn === arns[1])?.ec2InstanceId;
    const pinned = { placementConstraints: memberOf(`ec2InstanceId == ${id}`), startedBy: 'x'.repeat(128) };
    expect(await placesOf({ ...pinned, count: 2 })).toEqual([2, 2]);
    const full = { overrides: { containerOverrides: [{ name: 'main', cpu: 1024 }] } };
    const { tasks, failures = [] } = await run({ ...pinned, ...full });
    expect(tasks).toEqual([]);
    expect(failures.toSorted((a, b) => arns.indexOf(a.arn ?? '') - arns.indexOf(b.arn ?? ''))).toEqual([
      { arn: arns[0], reason: 'MemberOf placement constraint unsatisfied.' },
      { arn: arns[1], reason: 'RESOURCE:CPU', detail: '1024 CPU units wanted, 824 free' },
      { arn: arns[2], reason: 'MemberOf placement constraint unsatisfied.' },
    ]);
  });

  test('distinct instances: as many as there are, the rest fails', async () => {
    const { tasks = [], failures } = await run({ count: 4, placementConstraints: [{ type: 'distinctInstance' }] });
    expect(tasks.map((task) => task.containerInstanceArn).toSorted()).toEqual(arns.toSorted());
    expect(failures?.map((each) => each.reason)).toEqual(
      Array(3).fill('DistinctInstance placement constraint unsatisfied.'),
    );
  });

  test('spread over an attribute, then packed by memory', async () => {
    const placementStrategy = [
      { type: 'spread', field: 'attribute:ecs.availability-zone' },
      { type: 'binpack', field: 'memory' },
    ] as const;
    expect((await placesOf({ count: 4, placementStrategy: [...placementStrategy] })).toSorted()).toEqual([1, 1, 2, 2]);
  });

  test('the task definition’s constraints hold too; draining and disconnected agents are left out', async () => {
    await local.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'zoned',
        containerDefinitions: [{ name: 'main', image: 'i', memory: 6 }],
        placementConstraints: memberOf('attribute:ecs.availability-zone == local-b'),
      }),
    );
    local.control.drain('10.0.0.2', true);
    expect(await placesOf({ taskDefinition: 'zoned' })).toEqual([3]);
    local.control.setAgentConnected('10.0.0.3', false);
    const { failures } = await run({ taskDefinition: 'zoned' });
    expect(failures?.map((each) => each.reason).toSorted()).toEqual([
      'AGENT',
      'MemberOf placement constraint unsatisfied.',
    ]);
  });
});

describe('a client token', () => {
  const clientToken = 'launch-1';

  test('repeats the first result for a day', async () => {
    const first = await run({ clientToken, count: 2 });
    const arn = first.tasks?.[0]?.taskArn ?? '';
    await untilStatus(local, arn, 'RUNNING');
    const again = await run({ clientToken, count: 2 });
    expect(again.tasks?.map((task) => [task.taskArn, task.lastStatus])).toEqual(
      first.tasks?.map((task) => [task.taskArn, 'RUNNING']),
    );
    now += 24 * 60 * 60 * 1000;
    const later = await run({ clientToken, count: 2 });
    expect(later.tasks?.map((task) => task.taskArn)).not.toContain(arn);
  });

  test('is refused for another call, naming the tasks of the first', async () => {
    const { tasks } = await run({ clientToken });
    await expect(run({ clientToken, startedBy: 'other' })).rejects.toMatchObject({
      name: 'ConflictException',
      resourceIds: tasks?.map((task) => task.taskArn),
    });
  });
});

test.each<[string, Partial<RunTaskCommandInput>, string]>([
  ['11 tasks', { count: 11 }, 'count: '],
  ['Fargate', { launchType: 'FARGATE' }, 'launchType: must be EC2'],
  [
    'a capacity provider',
    { capacityProviderStrategy: [{ capacityProvider: 'x' }] },
    'capacityProviderStrategy: not served by ECS of the local cloud; leave it out',
  ],
  ['a token of 65', { clientToken: 'x'.repeat(65) }, 'clientToken: must be 1-64'],
  ['startedBy of 129', { startedBy: 'x'.repeat(129) }, 'startedBy: must be up to 128'],
  ['no query', { placementConstraints: memberOf('host == a') }, "placementConstraints: Invalid subject 'host'"],
  ['memberOf alone', { placementConstraints: [{ type: 'memberOf' }] }, 'memberOf needs an expression'],
  ['a strategy', { placementStrategy: [{ type: 'binpack', field: 'disk' }] }, 'must be cpu or memory'],
])('%s is refused, with nothing started', async (_name, input, message) => {
  await expect(run(input)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining(message),
  });
  expect(local.events.filter((event) => event['detail-type'] === 'ECS Task State Change')).toEqual([]);
});
