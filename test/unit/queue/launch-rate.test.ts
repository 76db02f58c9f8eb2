import { expect, it } from 'vitest';
import { type AgentId, toInstanceId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { Placement } from '../../../lib/model/schedule.ts';
import { launchRates } from '../../../lib/queue/launch-rate.ts';

const SIZE = { burst: 3, perSecond: 4 };

/** Placements of one-letter run specs, in this order. */
const placed = (names: string): readonly Placement[] =>
  [...names].map((name, index) => ({
    instance: toInstanceId(resolvePathId(`/${name}`), String(index)),
    runSpec: resolvePathId(`/${name}`),
    agent: 'a' as AgentId,
    resources: NO_RESOURCES,
    hostPorts: [],
  }));

/** Instances, position, seconds until the first and the last, by run spec. */
const ratesOf = (...given: Parameters<typeof launchRates>) =>
  [...launchRates(...given)].map(([id, rate]) => [
    id,
    rate.instances,
    rate.position,
    rate.secondsUntilFirst,
    rate.secondsUntilLast,
  ]);

it.each([
  ['nothing to launch', '', undefined, 0, []],
  [
    'a full bucket before the first tick',
    'aab',
    undefined,
    0,
    [
      ['/a', 2, 1, 0, 0],
      ['/b', 1, 3, 0, 0],
    ],
  ],
  [
    'beyond the bucket, in turns',
    'ababab',
    undefined,
    0,
    [
      ['/a', 3, 1, 0, 0.5],
      ['/b', 3, 2, 0.0, 0.75],
    ],
  ],
  [
    'what the last tick left',
    'ab',
    { tokens: 0, at: 1_000 },
    1_000,
    [
      ['/a', 1, 1, 0.25, 0.25],
      ['/b', 1, 2, 0.5, 0.5],
    ],
  ],
  [
    'what has come since',
    'ab',
    { tokens: 0, at: 1_000 },
    1_400,
    [
      ['/a', 1, 1, 0, 0],
      ['/b', 1, 2, 0.1, 0.1],
    ],
  ],
  ['calls that wait already', 'a', { tokens: -2, at: 0 }, 0, [['/a', 1, 1, 0.75, 0.75]]],
] as const)('%s', (_, names, calls, now, expected) => {
  expect(ratesOf(placed(names), calls, SIZE, now)).toEqual(expected);
});
