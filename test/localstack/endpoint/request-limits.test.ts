import { expect, test, vi } from 'vitest';
import { createRequestLimits } from '../../../localstack/endpoint/request-limits.ts';

test('one switch for all services, off at the start', () => {
  const services = [{ setThrottling: vi.fn() }, { setThrottling: vi.fn() }];
  const limits = createRequestLimits(services);
  expect(limits.isOn()).toBe(false);
  limits.set(true);
  expect(limits.isOn()).toBe(true);
  limits.set(false);
  expect(limits.isOn()).toBe(false);
  expect(services.map(({ setThrottling }) => setThrottling.mock.calls)).toEqual([
    [[true], [false]],
    [[true], [false]],
  ]);
});
