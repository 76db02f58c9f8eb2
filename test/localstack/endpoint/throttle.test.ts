import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AwsService } from '../../../localstack/endpoint/aws-service.ts';
import { type ThrottleRules, throttle } from '../../../localstack/endpoint/throttle.ts';
import { createTokenBuckets } from '../../../localstack/endpoint/token-buckets.ts';

const sizes = { modify: { burst: 100, perSecond: 40 }, read: { burst: 2, perSecond: 0.5 } };

test('a full bucket gives its burst at once, then what flows in', () => {
  let now = 0;
  const buckets = createTokenBuckets(sizes, () => now);
  const takeAll = () => {
    let taken = 0;
    while (buckets.take('modify')) taken += 1;
    return taken;
  };
  expect(takeAll()).toBe(100);
  now = 24;
  expect(takeAll()).toBe(0);
  now = 25;
  expect(takeAll()).toBe(1);
  now = 1025;
  expect(takeAll()).toBe(40);
  now = 3_600_000;
  expect(takeAll()).toBe(100);
});

test('buckets are apart, and a clock set back gives nothing', () => {
  let now = 10_000;
  const buckets = createTokenBuckets(sizes, () => now);
  expect([buckets.take('read'), buckets.take('read'), buckets.take('read')]).toEqual([true, true, false]);
  expect(buckets.take('modify')).toBe(true);
  now = 0;
  expect(buckets.take('read')).toBe(false);
  now = 11_999;
  expect(buckets.take('read')).toBe(false);
  now = 12_000;
  expect(buckets.take('read')).toBe(true);
});

test('never more than the burst and what the time brings', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3000 }), { maxLength: 200 }), (steps) => {
      let now = 0;
      const buckets = createTokenBuckets(sizes, () => now);
      let taken = 0;
      for (const step of steps) {
        now += step;
        if (buckets.take('read')) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(2 + now * 0.0005);
    }),
  );
});

test('a throttled call is refused in the service’s words and does nothing; other operations pass, and all when off', async () => {
  let on = true;
  const calls: string[] = [];
  const plain: AwsService = {
    name: 'ecs',
    protocol: 'json1.1',
    operations: ['StartTask', 'ListTasks'],
    async call({ operation }) {
      calls.push(operation);
    },
  };
  const rules: ThrottleRules<'modify' | 'read'> = {
    sizes,
    categories: { ListTasks: 'read' },
    code: 'ThrottlingException',
    message: 'Rate exceeded',
    status: 400,
  };
  const service = throttle(plain, rules, { now: () => 0, isOn: () => on });
  const call = (operation: string) => service.call({ operation, input: {}, accessKeyId: 'K' });
  await call('ListTasks');
  await call('ListTasks');
  await expect(call('ListTasks')).rejects.toMatchObject({
    code: 'ThrottlingException',
    message: 'Rate exceeded',
    status: 400,
  });
  await call('StartTask');
  on = false;
  await call('ListTasks');
  expect(calls).toEqual(['ListTasks', 'ListTasks', 'StartTask', 'ListTasks']);
});
