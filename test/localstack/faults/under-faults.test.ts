import { expect, test, vi } from 'vitest';
import { AwsError, type AwsService } from '../../../localstack/endpoint/aws-service.ts';
import type { CallDecision } from '../../../localstack/faults/decide.ts';
import { createFaultTable } from '../../../localstack/faults/fault-table.ts';
import { withFaults } from '../../../localstack/faults/faulty-service.ts';
import type { FaultableService } from '../../../localstack/faults/service-errors.ts';
import { ConnectionCut, underFaults } from '../../../localstack/faults/under-faults.ts';
import { aCallFault } from './a-fault.ts';

type Kind = Exclude<CallDecision['outcome']['kind'], 'carry-out'>;

const decided = (kind: Kind): CallDecision => ({ delayMs: 0, outcome: { kind, fault: 'f1', ms: 50 } });

/** The exceptions of the services' API references. */
test.each<[FaultableService, Kind, string, number]>([
  ['dynamodb', 'throttle', 'ThrottlingException', 400],
  ['dynamodb', 'fail-before', 'InternalServerError', 500],
  ['ebs', 'throttle', 'RequestThrottledException', 400],
  ['ebs', 'fail-before', 'InternalServerException', 500],
  ['ec2', 'throttle', 'RequestLimitExceeded', 503],
  ['ec2', 'fail-before', 'InternalError', 500],
  ['ecs', 'throttle', 'ThrottlingException', 400],
  ['ecs', 'fail-before', 'ServerException', 500],
  ['events', 'throttle', 'ThrottlingException', 400],
  ['events', 'fail-before', 'InternalException', 500],
  ['logs', 'throttle', 'ThrottlingException', 400],
  ['logs', 'fail-before', 'ServiceUnavailableException', 500],
])('%s %s is %s with status %i, says which fault it was, and does nothing', async (service, kind, code, status) => {
  const run = vi.fn();
  await expect(underFaults(decided(kind), service, run)).rejects.toMatchObject({
    code,
    status,
    message: expect.stringContaining('(fault f1 of the local cloud)'),
  });
  expect(run).not.toHaveBeenCalled();
});

test('timeout-after carries the call out and then has no answer, be it a refusal', async () => {
  const run = vi.fn(async () => 'answer');
  await expect(underFaults(decided('timeout-after'), 'ecs', run)).rejects.toBeInstanceOf(ConnectionCut);
  expect(run).toHaveBeenCalledOnce();
  const refuse = () => Promise.reject(new AwsError('ClientException', 'no'));
  await expect(underFaults(decided('timeout-after'), 'ecs', refuse)).rejects.toBeInstanceOf(ConnectionCut);
  const defect = () => Promise.reject(new TypeError('boom'));
  await expect(underFaults(decided('timeout-after'), 'ecs', defect)).rejects.toThrow('boom');
});

test('stale asks for an answer as of a moment ago, carry-out for one of now', async () => {
  const run = async (lagMs: number) => lagMs;
  expect(await underFaults(decided('stale'), 'ecs', run)).toBe(50);
  expect(await underFaults({ delayMs: 0, outcome: { kind: 'carry-out' } }, 'ecs', run)).toBe(0);
});

test('delay waits before the call', async () => {
  const before = performance.now();
  const at = await underFaults({ delayMs: 60, outcome: { kind: 'carry-out' } }, 'ecs', async () => performance.now());
  expect(at - before).toBeGreaterThanOrEqual(59);
});

test('a service behind a table: its calls are decided with operation and caller, others pass', async () => {
  const table = createFaultTable();
  const calls: string[] = [];
  const plain: AwsService = {
    name: 'ecs',
    protocol: 'json1.1',
    operations: ['StartTask', 'StopTask'],
    async call({ operation }) {
      calls.push(operation);
    },
  };
  const service = withFaults(plain, table);
  table.change({ kind: 'add', fault: aCallFault({ caller: { functionName: 'tick', accessKeyId: 'Tick' }, times: 1 }) });
  const call = (operation: string, accessKeyId: string) => service.call({ operation, input: {}, accessKeyId });
  await call('StartTask', 'Api');
  await call('StopTask', 'Tick');
  await expect(call('StartTask', 'Tick')).rejects.toMatchObject({ code: 'ThrottlingException' });
  await call('StartTask', 'Tick');
  expect(calls).toEqual(['StartTask', 'StopTask', 'StartTask']);
  expect(table.change()).toMatchObject([{ id: 'f1', struck: 1 }]);
  expect(table.change({ kind: 'remove', id: 'f1' })).toEqual([]);
});

test('a stale read is asked of the service for the operations that offer it', async () => {
  const table = createFaultTable();
  const call = vi.fn<AwsService['call']>();
  const lag = { operations: ['ListTasks'], remember: vi.fn() };
  const operations = ['ListTasks', 'StartTask'];
  const service = withFaults({ name: 'ecs', protocol: 'json1.1', operations, lag, call }, table);
  table.change({ kind: 'add', fault: aCallFault({ kind: 'stale', operation: '*', ms: 700, times: 1 }) });
  for (const operation of ['StartTask', 'ListTasks', 'ListTasks']) {
    await service.call({ operation, input: {}, accessKeyId: 'K' });
  }
  expect(call.mock.calls.map(([{ operation, lagMs }]) => [operation, lagMs])).toEqual([
    ['StartTask', undefined],
    ['ListTasks', 700],
    ['ListTasks', undefined],
  ]);
});
