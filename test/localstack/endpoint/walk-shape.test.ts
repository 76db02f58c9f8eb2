import { describe, expect, test } from 'vitest';
import type { AwsService } from '../../../localstack/endpoint/aws-service.ts';
import { AwsError } from '../../../localstack/endpoint/aws-service.ts';
import { checkEvent, checkedOperations, checkedService } from './checked-service.ts';

const service = (name: 'ecs' | 'ec2', operation: string, answer: () => unknown): AwsService =>
  checkedService({
    name,
    protocol: name === 'ecs' ? 'json1.1' : 'ec2Query',
    operations: [operation],
    call: async () => answer(),
  });
const call = (name: 'ecs' | 'ec2', operation: string, input: unknown, answer: () => unknown) =>
  service(name, operation, answer).call({ operation, input, accessKeyId: 'K' });

describe('an answer that AWS would not give fails its call', () => {
  const listed = { taskArns: [] };
  test.each<[string, 'ecs' | 'ec2', string, unknown, unknown, string]>([
    [
      'a foreign member',
      'ecs',
      'ListTasks',
      {},
      { ...listed, tasks: [] },
      '.tasks: ListTasksResponse has no such member',
    ],
    ['another type', 'ecs', 'ListTasks', {}, { taskArns: [1] }, '.taskArns[0]: 1 is no text'],
    ['no list', 'ecs', 'ListTasks', {}, { taskArns: 'a' }, '.taskArns: is no list'],
    ['a missing member', 'ecs', 'ListTasks', {}, {}, '.taskArns: AWS always sends it in ListTasksResponse'],
    ['a foreign request', 'ecs', 'ListTasks', { clusters: 'a' }, listed, 'request: .clusters: ListTasksRequest has no'],
    [
      'a time as a number',
      'ecs',
      'DescribeTaskDefinition',
      { taskDefinition: 'a' },
      { taskDefinition: { registeredAt: 1 } },
      '.taskDefinition.registeredAt: 1 is no time',
    ],
    [
      'the API’s name on EC2’s wire',
      'ec2',
      'DescribeVolumes',
      {},
      { Volumes: [] },
      '.Volumes: DescribeVolumesResult has no',
    ],
    [
      'a member of an item on EC2’s wire',
      'ec2',
      'DescribeVolumes',
      { VolumeId: ['v'], MaxResults: '5' },
      { volumeSet: [{ state: 'available' }] },
      '.volumeSet[0].state: Volume has no such member',
    ],
    [
      'something where nothing belongs',
      'ec2',
      'DeleteVolume',
      { VolumeId: 'v' },
      { volumeId: 'v' },
      'nothing belongs here',
    ],
  ])('%s', async (_name, name, operation, input, answer, problem) => {
    await expect(call(name, operation, input, () => answer)).rejects.toThrow(problem);
    expect(checkedOperations().has(`${name} ${operation}`)).toBe(false);
  });

  test('an error that the service does not have', async () => {
    const fail = (error: Error) =>
      call('ecs', 'ListTasks', {}, () => {
        throw error;
      });
    await expect(fail(new AwsError('InvalidParameterValue', 'x'))).rejects.toThrow('the model has no such error');
    await expect(fail(new TypeError('boom'))).rejects.toThrow('is no error of AWS');
    await expect(fail(new AwsError('ClusterNotFoundException', 'x'))).rejects.toThrow(AwsError);
  });
});

test('what fits passes, and is remembered', async () => {
  expect(await call('ec2', 'DeleteVolume', { VolumeId: 'v' }, () => ({ return: true }))).toEqual({ return: true });
  expect([...checkedOperations()]).toEqual(['ec2 DeleteVolume']);
});

test('an event whose detail is no task is refused', () => {
  const event = (detail: Record<string, unknown>) => ({
    version: '0' as const,
    id: '1',
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account: '1',
    time: 't',
    region: 'r',
    resources: [],
    detail,
  });
  const updatedAt = '2026-01-01T00:00:00.000Z';
  expect(() => checkEvent(event({ updatedAt, createdAt: 'yesterday' }))).toThrow('.createdAt: "yesterday" is no time');
  expect(() => checkEvent(event({ updatedAt, host: 'a' }))).toThrow('.host: Task has no such member');
  expect(() => checkEvent(event({}))).toThrow('updatedAt');
  expect(() => checkEvent(event({ updatedAt, createdAt: updatedAt }))).not.toThrow();
});
