import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EntityTable } from '../../../localstack/ecs/entity-database.ts';
import { lagging } from '../../../localstack/ecs/lagging-table.ts';
import {
  describeTask,
  instanceArns,
  type LocalAws,
  registerShell,
  startLocalAws,
  startTask,
  untilStatus,
} from './local-aws.ts';

interface Entity {
  readonly id: string;
  readonly value: number;
}

function aTable(): EntityTable<Entity> {
  const entities = new Map<string, Entity>();
  return {
    get: (id) => entities.get(id),
    values: () => entities.values(),
    put: (entity) => void entities.set(entity.id, entity),
    delete: (id) => void entities.delete(id),
  };
}

test('a table as it was: before entities came, changed and went', () => {
  let now = 0;
  const table = lagging(aTable(), (entity) => entity.id, { now: () => now, keepMs: () => 1000 });
  const at = (time: number, write: () => void) => {
    now = time;
    write();
  };
  at(100, () => table.put({ id: 'a', value: 1 }));
  at(200, () => table.put({ id: 'a', value: 2 }));
  at(300, () => table.put({ id: 'b', value: 1 }));
  at(400, () => table.delete('a'));
  const read = (instant: number) =>
    [...table.asOf(instant).values()].map(({ id, value }) => `${id}${value}`).toSorted();
  expect([50, 150, 250, 350, 400].map(read)).toEqual([[], ['a1'], ['a2'], ['a2', 'b1'], ['b1']]);
  expect([table.asOf(150).get('a')?.value, table.asOf(150).get('b'), table.asOf(400).get('a')]).toEqual([
    1,
    undefined,
    undefined,
  ]);
  at(1350, () => table.put({ id: 'c', value: 1 }));
  expect(read(350)).toEqual(['a2', 'b1']);
  expect(read(250)).toEqual(['a2', 'b1']);
});

let local: LocalAws;
let now: number;
beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  local = await startLocalAws({ ephemeral: true, now: () => now, random: () => 0.5, maxLagMs: 10_000 });
});
afterEach(() => local.close());

test('list and describe calls lag by up to the bound; answers of changing calls do not', async () => {
  now += 60_000;
  const [instance = ''] = await instanceArns(local);
  const definition = await registerShell(local, 'true');
  const arn = await startTask(local, definition);
  const list = async () => (await local.ecs.send(new ListTasksCommand({ cluster: 'stride' }))).taskArns;
  const runningCount = async () => {
    const command = new DescribeContainerInstancesCommand({ cluster: 'stride', containerInstances: [instance] });
    return (await local.ecs.send(command)).containerInstances?.[0]?.pendingTasksCount;
  };
  expect([await list(), await runningCount()]).toEqual([[], 0]);
  const { failures } = await local.ecs.send(new DescribeTasksCommand({ cluster: 'stride', tasks: [arn] }));
  expect(failures).toEqual([{ arn, reason: 'MISSING' }]);
  now += 5000;
  await untilStatus(local, arn, 'RUNNING');
  expect([await list(), await runningCount()]).toEqual([[arn], 0]);
  const { task } = await local.ecs.send(new StopTaskCommand({ cluster: 'stride', task: arn }));
  expect(task?.desiredStatus).toBe('STOPPED');
  expect((await describeTask(local, arn)).desiredStatus).toBe('RUNNING');
  local.control.setMaxLag(0);
  await untilStatus(local, arn, 'STOPPED');
});

test('throttling, when on: ECS’s own burst and refill', async () => {
  const stop = () => local.ecs.send(new StopTaskCommand({ cluster: 'stride', task: '0'.repeat(32) }));
  const throttled = { name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } };
  const outcomes = async (calls: number) => {
    const names = await Promise.all(Array.from({ length: calls }, () => stop().catch((error: Error) => error.name)));
    return names.filter((name) => name === 'ThrottlingException').length;
  };
  expect(await outcomes(110)).toBe(0);
  local.control.setThrottling(true);
  expect(await outcomes(110)).toBe(10);
  await expect(stop()).rejects.toMatchObject(throttled);
  now += 1000;
  expect(await outcomes(50)).toBe(10);
  await local.ecs.send(new ListTasksCommand({ cluster: 'stride' }));
});
