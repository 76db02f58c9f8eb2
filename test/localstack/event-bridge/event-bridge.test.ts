import { expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { createEventBridge, type EventBridgeOptions } from '../../../localstack/event-bridge/event-bridge.ts';
import { parseRate } from '../../../localstack/event-bridge/rate-schedule.ts';
import type { RuleModel } from '../../../localstack/template/cloud-model.ts';
import { PATIENCE } from '../../setup/patience.ts';

const BUS = { name: 'stride', arn: 'arn:bus/stride' };

const aRule = (rule: Partial<RuleModel> = {}): RuleModel => ({
  logicalId: 'Rule1',
  name: 'rule-1',
  arn: 'arn:rule/rule-1',
  bus: 'stride',
  enabled: true,
  pattern: { source: ['stride'] },
  schedule: undefined,
  targets: [{ id: 'T', arn: 'arn:target', input: undefined }],
  ...rule,
});

function aBridge(rules: readonly RuleModel[], deliveriesOf?: EventBridgeOptions['deliveriesOf']) {
  const delivered: { arn: string; event: unknown }[] = [];
  const bridge = createEventBridge({
    file: 'T.json',
    buses: [BUS],
    rules,
    ...(deliveriesOf === undefined ? {} : { deliveriesOf }),
    isTarget: (arn) => arn === 'arn:target',
    deliver: (arn, event) => delivered.push({ arn, event }),
  });
  onTestFinished(() => bridge.stop());
  const put = (Entries: readonly unknown[]) =>
    bridge.service.call({ operation: 'PutEvents', input: { Entries }, accessKeyId: 'test' });
  return { bridge, delivered, put };
}

const entry = (change: Readonly<Record<string, unknown>> = {}) => ({
  Source: 'stride',
  DetailType: 'wake',
  Detail: '{"n":1}',
  EventBusName: 'stride',
  ...change,
});

test('an event goes to the targets of the rules of its bus that match, in EventBridge’s shape', async () => {
  const { delivered, put } = aBridge([aRule(), aRule({ pattern: { source: ['other'] } }), aRule({ bus: 'default' })]);
  const answer = await put([entry({ Time: 1_700_000_000, Resources: ['r'] })]);
  expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
  expect(delivered).toEqual([
    {
      arn: 'arn:target',
      event: {
        version: '0',
        id: expect.any(String),
        'detail-type': 'wake',
        source: 'stride',
        account: '000000000000',
        time: '2023-11-14T22:13:20Z',
        region: 'local',
        resources: ['r'],
        detail: { n: 1 },
      },
    },
  ]);
});

test('deliveries: events are lost, doubled, or come later; the caller is told the same as ever', async () => {
  const deliveries = new Map([
    ['lost', []],
    ['doubled', [0, 0]],
    ['late', [60]],
    ['at once', [0]],
    ['never', [60_000]],
  ]);
  const { bridge, delivered, put } = aBridge([aRule()], (event) => deliveries.get(event['detail-type']) ?? []);
  const answer = await put([...deliveries.keys()].map((DetailType) => entry({ DetailType })));
  expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{}, {}, {}, {}, {}] });
  const types = () => delivered.map(({ event }) => z.object({ 'detail-type': z.string() }).parse(event)['detail-type']);
  expect(types()).toEqual(['doubled', 'doubled', 'at once']);
  await vi.waitFor(() => expect(types()).toEqual(['doubled', 'doubled', 'at once', 'late']), PATIENCE);
  bridge.stop();
});

test('a bus can be named by its ARN, and an event of AWS goes to the default bus', async () => {
  const { bridge, delivered, put } = aBridge([aRule(), aRule({ bus: 'default', pattern: { source: ['aws.ecs'] } })]);
  await put([entry({ EventBusName: BUS.arn })]);
  bridge.emit({
    version: '0',
    id: 'e',
    'detail-type': 't',
    source: 'aws.ecs',
    account: '',
    time: '',
    region: '',
    resources: [],
    detail: {},
  });
  expect(delivered.map(({ event }) => event)).toMatchObject([{ source: 'stride' }, { source: 'aws.ecs' }]);
});

test('a target with a constant input gets that, a disabled rule gets nothing', async () => {
  const { delivered, put } = aBridge([
    aRule({ targets: [{ id: 'T', arn: 'arn:target', input: '{"constant":true}' }] }),
    aRule({ enabled: false }),
  ]);
  await put([entry()]);
  expect(delivered).toEqual([{ arn: 'arn:target', event: { constant: true } }]);
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['no source', { Source: undefined }, 'InvalidArgument'],
  ['no detail type', { DetailType: '' }, 'InvalidArgument'],
  ['a long detail type', { DetailType: 'x'.repeat(129) }, 'InvalidArgument'],
  ['no detail', { Detail: undefined }, 'InvalidArgument'],
  ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
  ['a detail that is no object', { Detail: '[1]' }, 'MalformedDetail'],
  ['a source of AWS', { Source: 'aws.ecs' }, 'NotAuthorizedForSourceException'],
  ['a bus that does not exist', { EventBusName: 'other' }, 'ResourceNotFoundException'],
])('an entry with %s fails alone', async (_name, change, code) => {
  const { delivered, put } = aBridge([aRule()]);
  const answer = await put([entry(change), entry()]);
  expect(answer).toEqual({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: code, ErrorMessage: expect.any(String) }, { EventId: expect.any(String) }],
  });
  expect(delivered).toHaveLength(1);
});

test.each<[string, readonly unknown[]]>([
  ['no entries', []],
  ['eleven entries', Array.from({ length: 11 }, () => entry())],
  ['a megabyte', [entry({ Detail: JSON.stringify({ text: 'x'.repeat(1024 * 1024) }) })]],
])('a call with %s is refused as a whole', async (_name, entries) => {
  const { delivered, put } = aBridge([aRule()]);
  await expect(put(entries)).rejects.toMatchObject({ code: 'ValidationException', status: 400 });
  expect(delivered).toEqual([]);
});

test('other operations are not served', async () => {
  const { bridge } = aBridge([]);
  await expect(bridge.service.call({ operation: 'PutRule', input: {}, accessKeyId: 't' })).rejects.toMatchObject({
    code: 'UnknownOperationException',
  });
});

test('a schedule fires shortly after the start and then each period, with a scheduled event', () => {
  vi.useFakeTimers({ now: new Date('2026-01-02T03:04:05.678Z') });
  onTestFinished(() => void vi.useRealTimers());
  const { bridge, delivered } = aBridge([aRule({ bus: 'default', pattern: undefined, schedule: 'rate(1 minute)' })]);
  bridge.startSchedules();
  vi.advanceTimersByTime(999);
  expect(delivered).toHaveLength(0);
  vi.advanceTimersByTime(1);
  expect(delivered).toEqual([
    {
      arn: 'arn:target',
      event: {
        version: '0',
        id: expect.any(String),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '000000000000',
        time: '2026-01-02T03:04:06Z',
        region: 'local',
        resources: ['arn:rule/rule-1'],
        detail: {},
      },
    },
  ]);
  vi.advanceTimersByTime(59_999);
  expect(delivered).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(delivered).toHaveLength(2);
  bridge.stop();
  vi.advanceTimersByTime(600_000);
  expect(delivered).toHaveLength(2);
});

test.each<[string, number]>([
  ['rate(1 minute)', 60_000],
  ['rate(5 minutes)', 300_000],
  ['rate(1 hour)', 3_600_000],
  ['rate(2 days)', 172_800_000],
])('%s', (expression, period) => {
  expect(parseRate(expression)).toBe(period);
});

test.each<[string, Partial<RuleModel>, string]>([
  ['an operator', { pattern: { source: [{ suffix: 'x' }] } }, 'EventPattern: operator suffix at source'],
  [
    'a cron schedule',
    { pattern: undefined, schedule: 'cron(0 * * * ? *)' },
    'cron(0 * * * ? *): the local cloud runs rate(N minutes|hours|days) only',
  ],
  ['a rate of no minutes', { pattern: undefined, schedule: 'rate(0 minutes)' }, 'rate(0 minutes)'],
  ['a plural for one', { pattern: undefined, schedule: 'rate(1 minutes)' }, 'the singular for 1'],
  ['a bus that is not there', { bus: 'other' }, 'the template has no event bus other'],
  [
    'a target that is neither function nor queue',
    { targets: [{ id: 'T', arn: 'arn:topic', input: undefined }] },
    'target arn:topic is neither',
  ],
  [
    'an input that is no JSON',
    { targets: [{ id: 'T', arn: 'arn:target', input: '{' }] },
    'the Input of target arn:target is not JSON',
  ],
])('a rule with %s stops the start, naming the rule', (_name, rule, problem) => {
  expect(() => aBridge([aRule(rule)])).toThrow('T.json: resource Rule1 (AWS::Events::Rule, rule rule-1): ');
  expect(() => aBridge([aRule(rule)])).toThrow(problem);
});
