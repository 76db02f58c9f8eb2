import { expect, test, vi } from 'vitest';
import { createFaultDesk, type FaultPlace } from '../../../localstack/faults/fault-desk.ts';
import { createFaultTable } from '../../../localstack/faults/fault-table.ts';

function aDesk() {
  const [tables, others] = [createFaultTable(), createFaultTable()];
  const remember = vi.fn();
  const far: FaultPlace = { change: async (change) => tables.change(change) };
  const scope = {
    services: [
      { name: 'dynamodb', operations: ['GetItem', 'PutItem'] },
      { name: 'ecs', operations: ['ListTasks', 'StartTask'], lag: { operations: ['ListTasks'], remember } },
      { name: 'events', operations: ['PutEvents'] },
    ],
    functions: [
      { name: 'stride-tick', logicalId: 'Tick1' },
      { name: 'stride-api', logicalId: 'Api1' },
    ],
  };
  return { tables, others, remember, desk: createFaultDesk(scope, new Map([['dynamodb', far]]), others) };
}

const ODDS = { probability: 1, seed: 1, drawn: 0, struck: 0 };

test.each<[object, object]>([
  [
    { target: 'ecs:StartTask', kind: 'timeout-after', times: 1 },
    { on: 'call', kind: 'timeout-after', service: 'ecs', operation: 'StartTask', ms: 0, times: 1 },
  ],
  [
    { target: 'ecs:*', kind: 'delay', ms: 20, probability: 0.5, seed: 7, caller: 'stride-tick' },
    {
      on: 'call',
      kind: 'delay',
      service: 'ecs',
      operation: '*',
      ms: 20,
      probability: 0.5,
      seed: 7,
      caller: { functionName: 'stride-tick', accessKeyId: 'Tick1' },
    },
  ],
  [
    { target: 'ecs:ListTasks', kind: 'stale', ms: 500, caller: 'Api1' },
    {
      on: 'call',
      kind: 'stale',
      service: 'ecs',
      operation: 'ListTasks',
      ms: 500,
      caller: { functionName: 'stride-api', accessKeyId: 'Api1' },
    },
  ],
  [
    { target: 'events:PutEvents', kind: 'throttle' },
    { on: 'call', kind: 'throttle', service: 'events', operation: 'PutEvents', ms: 0 },
  ],
  [
    { target: 'events', kind: 'lose', detailType: 'wake', source: 'stride' },
    { on: 'event', kind: 'lose', ms: 0, detailType: 'wake', source: 'stride' },
  ],
  [
    { target: 'events', kind: 'shuffle' },
    { on: 'event', kind: 'shuffle', ms: 1000 },
  ],
  [
    { target: 'events', kind: 'double' },
    { on: 'event', kind: 'double', ms: 0 },
  ],
])('%o stands as ordered', async (order, fault) => {
  const { desk } = aDesk();
  const expected = { id: 'f1', ...ODDS, ...fault };
  expect(await desk.set(order)).toEqual(expected);
  expect(await desk.list()).toEqual([expected]);
});

test.each<[object, string]>([
  [
    { target: 'sqs:SendMessage', kind: 'throttle' },
    'sqs:SendMessage: give SERVICE:OPERATION with a service of dynamodb, ecs, events, or plain events for events on the buses',
  ],
  [{ target: 'ecs', kind: 'throttle' }, 'ecs: give SERVICE:OPERATION'],
  [{ target: 'ecs:Start:Task', kind: 'throttle' }, 'ecs:Start:Task: give SERVICE:OPERATION'],
  [
    { target: 'ecs:Start', kind: 'throttle' },
    'ecs:Start: ecs serves ListTasks, StartTask; give one of them, or ecs:* for all',
  ],
  [
    { target: 'ecs:StartTask', kind: 'lose' },
    'lose does not happen to calls: give one of throttle, fail-before, timeout-after, stale, delay',
  ],
  [
    { target: 'events', kind: 'throttle' },
    'throttle does not happen to events: give one of lose, double, delay, shuffle',
  ],
  [{ target: 'ecs:StartTask', kind: 'delay' }, 'delay needs --ms N, in milliseconds'],
  [{ target: 'events', kind: 'delay' }, 'delay needs --ms N, in milliseconds'],
  [{ target: 'ecs:StartTask', kind: 'throttle', ms: 5 }, '--ms is not for throttle: set a delay beside it'],
  [{ target: 'events', kind: 'lose', ms: 5 }, '--ms is not for lose: set a delay beside it'],
  [{ target: 'ecs:StartTask', kind: 'delay', ms: 0 }, '--ms must be a number of milliseconds from 1'],
  [{ target: 'ecs:StartTask', kind: 'delay', ms: null }, '--ms must be a whole number of milliseconds from 1'],
  [{ target: 'ecs:StartTask', kind: 'throttle', probability: 0 }, '--probability must be over 0'],
  [{ target: 'ecs:StartTask', kind: 'throttle', probability: 2 }, '--probability must be 1 at most'],
  [{ target: 'ecs:StartTask', kind: 'throttle', probability: null }, '--probability must be a number over 0, up to 1'],
  [{ target: 'ecs:StartTask', kind: 'throttle', times: 0 }, '--times must be a whole number from 1'],
  [{ target: 'ecs:StartTask', kind: 'throttle', times: 1.5 }, '--times must be a whole number from 1'],
  [{ target: 'ecs:StartTask', kind: 'throttle', seed: 'x' }, '--seed must be a whole number'],
  [
    { target: 'ecs:StartTask', kind: 'throttle', caller: 'nobody' },
    '--caller nobody: give a function of stride-tick, stride-api',
  ],
  [{ target: 'events', kind: 'lose', caller: 'stride-api' }, '--caller is for calls: give --source or --detail-type'],
  [{ target: 'ecs:StartTask', kind: 'throttle', source: 'x' }, '--detail-type and --source are for events'],
  [
    { target: 'ecs:StartTask', kind: 'stale', ms: 5 },
    'stale: ecs:StartTask cannot be answered as of a moment ago; ecs offers it for ListTasks',
  ],
  [{ target: 'dynamodb:*', kind: 'stale', ms: 5 }, 'dynamodb offers no stale reads'],
  [{ kind: 'throttle' }, 'SERVICE:OPERATION'],
])('%o is refused: %s', async (order, problem) => {
  const { desk } = aDesk();
  await expect(desk.set(order)).rejects.toThrow(problem);
  expect(await desk.list()).toEqual([]);
});

test('each fault goes where its calls are decided, and is listed and cleared from there', async () => {
  const { desk, tables, others } = aDesk();
  await desk.set({ target: 'events', kind: 'lose' });
  const second = await desk.set({ target: 'dynamodb:PutItem', kind: 'throttle' });
  await desk.set({ target: 'ecs:*', kind: 'throttle' });
  const call = { service: 'dynamodb', operation: 'PutItem', accessKeyId: 'K', canLag: false };
  expect(others.onCall(call).outcome.kind).toBe('carry-out');
  expect(tables.onCall(call).outcome.kind).toBe('throttle');
  expect((await desk.list()).map(({ id, struck }) => [id, struck])).toEqual([
    ['f1', 0],
    ['f2', 1],
    ['f3', 0],
  ]);
  expect(await desk.clear('f2')).toEqual([{ ...second, struck: 1 }]);
  await expect(desk.clear('f2')).rejects.toThrow('no fault f2 stands; there are f1, f3');
  expect((await desk.clear()).map(({ id }) => id)).toEqual(['f1', 'f3']);
  expect(await desk.list()).toEqual([]);
  await expect(desk.clear('f1')).rejects.toThrow('no fault f1 stands; there are none');
  expect(await desk.set({ target: 'events', kind: 'lose' })).toMatchObject({ id: 'f4' });
});

test('a service remembers as far back as its oldest stale read looks', async () => {
  const { desk, remember } = aDesk();
  await desk.set({ target: 'ecs:ListTasks', kind: 'stale', ms: 500 });
  await desk.set({ target: 'ecs:*', kind: 'stale', ms: 2000 });
  await desk.set({ target: 'ecs:StartTask', kind: 'delay', ms: 9000 });
  await desk.clear('f2');
  await desk.clear();
  expect(remember.mock.calls).toEqual([[500], [2000], [2000], [500], [0]]);
});
