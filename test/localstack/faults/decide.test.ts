import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CallDecision,
  decideCall,
  decideEvent,
  type FaultableCall,
  type FaultableEvent,
} from '../../../localstack/faults/decide.ts';
import type { StandingFault } from '../../../localstack/faults/fault.ts';
import { aCallFault, anEventFault } from './a-fault.ts';

const START: FaultableCall = { service: 'ecs', operation: 'StartTask', accessKeyId: 'Tick', canLag: false };
const EVENT: FaultableEvent = { source: 'aws.ecs', 'detail-type': 'ECS Task State Change' };
const PASSED: CallDecision = { delayMs: 0, outcome: { kind: 'carry-out' } };
const struckBy = (kind: 'throttle' | 'fail-before' | 'timeout-after' | 'stale', fault = 'f1', ms = 0, delayMs = 0) => ({
  delayMs,
  outcome: { kind, fault, ms },
});

describe('calls', () => {
  test.each<[string, readonly StandingFault[], Partial<FaultableCall>, CallDecision]>([
    ['no fault', [], {}, PASSED],
    ['its operation', [aCallFault()], {}, struckBy('throttle')],
    [
      'every operation of its service',
      [aCallFault({ operation: '*' })],
      { operation: 'ListTasks' },
      struckBy('throttle'),
    ],
    ['another operation', [aCallFault()], { operation: 'StopTask' }, PASSED],
    ['another service', [aCallFault({ operation: '*' })], { service: 'ec2' }, PASSED],
    [
      'its caller',
      [aCallFault({ kind: 'fail-before', caller: { functionName: 'tick', accessKeyId: 'Tick' } })],
      {},
      struckBy('fail-before'),
    ],
    ['another caller', [aCallFault({ caller: { functionName: 'api', accessKeyId: 'Api' } })], {}, PASSED],
    ['a delay', [aCallFault({ kind: 'delay', ms: 30 })], {}, { ...PASSED, delayMs: 30 }],
    [
      'delays add up, around what happens',
      [
        aCallFault({ kind: 'delay', ms: 30 }),
        aCallFault({ id: 'f2', kind: 'timeout-after' }),
        aCallFault({ id: 'f3', kind: 'delay', ms: 5 }),
      ],
      {},
      struckBy('timeout-after', 'f2', 0, 35),
    ],
    [
      'the first wins',
      [aCallFault({ id: 'f7', kind: 'fail-before' }), aCallFault()],
      {},
      struckBy('fail-before', 'f7'),
    ],
    ['a fault that has struck as often as it may', [aCallFault({ times: 2, struck: 2 })], {}, PASSED],
    [
      'a stale read of an operation that can be stale',
      [aCallFault({ kind: 'stale', operation: '*', ms: 900 })],
      { operation: 'ListTasks', canLag: true },
      struckBy('stale', 'f1', 900),
    ],
    ['a stale read of one that cannot', [aCallFault({ kind: 'stale', operation: '*', ms: 900 })], {}, PASSED],
    ['a fault on events', [anEventFault()], {}, PASSED],
  ])('%s', (_name, faults, call, decision) => {
    expect(decideCall(faults, { ...START, ...call }).decision).toEqual(decision);
  });

  test('what strikes is counted, what is not asked is not', () => {
    const faults = [aCallFault({ times: 1 }), aCallFault({ id: 'f2', kind: 'fail-before' })];
    const first = decideCall(faults, START);
    expect(first.decision).toEqual(struckBy('throttle'));
    expect(first.faults).toEqual([{ ...faults[0], struck: 1 }, faults[1]]);
    const second = decideCall(first.faults, START);
    expect(second.decision).toEqual(struckBy('fail-before', 'f2'));
    expect(second.faults).toEqual([first.faults[0], { ...faults[1], struck: 1 }]);
  });
});

describe('events', () => {
  test.each<[string, readonly StandingFault[], readonly number[]]>([
    ['no fault', [], [0]],
    ['lose', [anEventFault()], []],
    ['double', [anEventFault({ kind: 'double' })], [0, 0]],
    ['double, the second later', [anEventFault({ kind: 'double', ms: 20 })], [0, 20]],
    ['delay', [anEventFault({ kind: 'delay', ms: 20 })], [20]],
    [
      'all copies are delayed',
      [anEventFault({ kind: 'double', ms: 5 }), anEventFault({ kind: 'delay', ms: 20 })],
      [20, 25],
    ],
    ['its detail type', [anEventFault({ detailType: EVENT['detail-type'] })], []],
    ['another detail type', [anEventFault({ detailType: 'wake' })], [0]],
    ['its source', [anEventFault({ source: 'aws.ecs' })], []],
    ['another source', [anEventFault({ source: 'stride' })], [0]],
    ['a fault on calls', [aCallFault()], [0]],
  ])('%s', (_name, faults, deliveries) => {
    expect(decideEvent(faults, EVENT).decision).toEqual(deliveries);
  });

  test('what is lost by the first fault is not counted by the next', () => {
    const faults = [anEventFault(), anEventFault({ id: 'f2', kind: 'double' })];
    expect(decideEvent(faults, EVENT).faults.map(({ struck }) => struck)).toEqual([1, 0]);
  });

  test('shuffle spreads events over its time, so that later ones overtake, and copies of one too', () => {
    const { decision, faults } = many([anEventFault({ kind: 'shuffle', ms: 100 })], 200);
    const delays = decision.flat();
    expect(Math.min(...delays)).toBeLessThan(10);
    expect(Math.max(...delays)).toBeGreaterThan(90);
    expect(Math.max(...delays)).toBeLessThanOrEqual(100);
    expect(faults).toMatchObject([{ struck: 200, drawn: 200 }]);
    const doubled = many([anEventFault({ kind: 'double' }), anEventFault({ id: 'f2', kind: 'shuffle', ms: 100 })], 20);
    expect(doubled.decision.filter(([first, second]) => first !== second).length).toBeGreaterThan(15);
  });
});

function many(faults: readonly StandingFault[], count: number) {
  const decisions: (readonly number[])[] = [];
  let standing = faults;
  for (let index = 0; index < count; index += 1) {
    const decided = decideEvent(standing, EVENT);
    decisions.push(decided.decision);
    standing = decided.faults;
  }
  return { decision: decisions, faults: standing };
}

test('equal seeds strike the same ones, whatever else is called between; other seeds others', () => {
  const strikes = (seed: number, between: number) => {
    let faults: readonly StandingFault[] = [aCallFault({ probability: 0.5, seed })];
    const struck: boolean[] = [];
    for (let index = 0; index < 64; index += 1) {
      for (let other = 0; other < between; other += 1) faults = decideCall(faults, { ...START, operation: 'X' }).faults;
      const decided = decideCall(faults, START);
      faults = decided.faults;
      struck.push(decided.decision.outcome.kind !== 'carry-out');
    }
    return struck;
  };
  expect(strikes(1, 0)).toEqual(strikes(1, 3));
  expect(strikes(1, 0)).not.toEqual(strikes(2, 0));
});

test('never more often than it may, and about as often as it should', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      fc.integer({ min: 1, max: 400 }),
      (seed, probability, times) => {
        let faults: readonly StandingFault[] = [aCallFault({ probability, times, seed })];
        let struck = 0;
        for (let index = 0; index < 400; index += 1) {
          const decided = decideCall(faults, START);
          faults = decided.faults;
          if (decided.decision.outcome.kind !== 'carry-out') struck += 1;
        }
        expect(faults).toMatchObject([{ struck }]);
        expect(struck).toBeLessThanOrEqual(times);
        // Seven standard deviations: a hundred drawn cases a run are to tell of defects, not of chance.
        const spread = 7 * Math.sqrt(400 * probability * (1 - probability));
        if (times === 400) expect(Math.abs(struck - 400 * probability)).toBeLessThan(spread);
        expect(struck).toBeGreaterThanOrEqual(Math.min(times, 400 * probability - spread));
      },
    ),
  );
});
