import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { afterProbe, type HealthState, taskHealth, UNDETERMINED } from '../../../localstack/ecs/container-health.ts';
import type { HealthCheck } from '../../../localstack/ecs/entities.ts';
import { watchHealth } from '../../../localstack/ecs/watch-health.ts';
import { aContainer } from './a-task.ts';

const check: HealthCheck = { command: ['CMD-SHELL', 'probe'], interval: 10, timeout: 2, retries: 2, startPeriod: 15 };

describe('health after probes, each with the seconds since the start', () => {
  test.each<[string, [boolean, number][], HealthState]>([
    ['none', [], { status: undefined, failures: 0 }],
    ['a success', [[true, 10]], { status: 'HEALTHY', failures: 0 }],
    [
      'failures while it may start',
      [
        [false, 5],
        [false, 14],
      ],
      { status: undefined, failures: 0 },
    ],
    [
      'one failure after that',
      [
        [false, 14],
        [false, 15],
      ],
      { status: undefined, failures: 1 },
    ],
    [
      'too many after that',
      [
        [false, 15],
        [false, 25],
      ],
      { status: 'UNHEALTHY', failures: 2 },
    ],
    [
      'a failure in the start period after a success counts',
      [
        [true, 1],
        [false, 2],
        [false, 3],
      ],
      { status: 'UNHEALTHY', failures: 2 },
    ],
    [
      'one failure is forgotten at the next success',
      [
        [true, 20],
        [false, 30],
        [true, 40],
        [false, 50],
      ],
      { status: 'HEALTHY', failures: 1 },
    ],
    [
      'it recovers at once',
      [
        [false, 20],
        [false, 30],
        [true, 40],
      ],
      { status: 'HEALTHY', failures: 0 },
    ],
  ])('%s', (_name, probes, expected) => {
    const health = probes.reduce(
      (state, [passed, seconds]) => afterProbe(state, { passed, sinceStartMs: seconds * 1000 }, check),
      UNDETERMINED,
    );
    expect(health).toEqual(expected);
  });
});

test.each<[('HEALTHY' | 'UNHEALTHY' | undefined)[], string]>([
  [['UNHEALTHY', undefined], 'UNHEALTHY'],
  [['UNHEALTHY', 'HEALTHY'], 'UNHEALTHY'],
  [['HEALTHY', undefined], 'UNKNOWN'],
  [['HEALTHY', 'HEALTHY'], 'HEALTHY'],
  [[undefined], 'UNKNOWN'],
])('essential containers %o make a task %s, whatever the others are', (statuses, expected) => {
  const essential = statuses.map((healthStatus) => aContainer(healthStatus && { healthStatus }));
  const other = aContainer({ essential: false, healthStatus: expected === 'HEALTHY' ? 'UNHEALTHY' : 'HEALTHY' });
  expect(taskHealth([...essential, other])).toBe(expected);
});

describe('probing', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const watch = (exits: (number | undefined)[], checked: HealthCheck = check) => {
    const asked: unknown[] = [];
    const reported: string[] = [];
    const end = Promise.withResolvers<void>();
    const handle = {
      stop() {},
      kill() {},
      ended: end.promise,
      async exec(command: readonly string[], timeoutMs: number) {
        asked.push([performance.now(), command.join(' '), timeoutMs]);
        return exits.shift();
      },
    };
    const begin = performance.now();
    watchHealth(handle, checked, (status) => reported.push(`${performance.now() - begin} ${status}`));
    return { asked, reported, end };
  };

  test('each interval; only changes are reported; a time-out is a failure', async () => {
    const { asked, reported, end } = watch([0, 0, undefined, 1, 1, 0]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reported).toEqual(['10000 HEALTHY', '40000 UNHEALTHY', '60000 HEALTHY']);
    expect(asked).toHaveLength(6);
    expect(asked[0]).toEqual([expect.any(Number), '/bin/sh -c probe', 2000]);
    end.resolve();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(6);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('CMD runs its words without a shell', async () => {
    const { asked, end } = watch([0], { ...check, command: ['CMD', 'probe', '-v'] });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toMatchObject([[expect.any(Number), 'probe -v', 2000]]);
    end.resolve();
  });
});
