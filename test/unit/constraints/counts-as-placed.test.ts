import { describe, expect, test } from 'vitest';
import { countsAsPlaced } from '../../../lib/constraints/counts-as-placed.ts';
import type { AgentId } from '../../../lib/model/ids.ts';
import type { Condition, Goal, Instance } from '../../../lib/model/instance.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

const reservation = { agent: 'i-0a1' as AgentId, resources: NO_RESOURCES, since: EPOCH };

describe('which instances count (scheduling.md §2.4)', () => {
  test.each<readonly [condition: Condition, goal: Goal, counts: boolean]>([
    ['Provisioned', 'Running', true],
    ['Staging', 'Running', true],
    ['Starting', 'Running', true],
    ['Running', 'Running', true],
    ['Killing', 'Running', true],
    ['UnreachableInactive', 'Running', true],
    ['Unreachable', 'Running', false],
    ['Gone', 'Decommissioned', false],
    ['Unknown', 'Decommissioned', false],
    ['Dropped', 'Decommissioned', false],
    ['Scheduled', 'Running', false],
    ['Scheduled', 'Decommissioned', false],
    ['Finished', 'Running', false],
    ['Killed', 'Running', false],
    ['Failed', 'Running', false],
    ['Error', 'Running', false],
    ['Finished', 'Stopped', true],
    ['Killed', 'Decommissioned', true],
    ['Failed', 'Decommissioned', true],
    ['Error', 'Stopped', true],
  ])('%s, goal %s: %s', (condition, goal, counts) => {
    expect(countsAsPlaced(anInstance({ condition, goal }), anApp())).toBe(counts);
  });

  test.each<readonly [name: string, instance: Partial<Instance>, counts: boolean]>([
    ['older configuration', { configVersion: toTimestamp(EPOCH - 1) }, false],
    ['newer configuration', { configVersion: toTimestamp(EPOCH + 1) }, true],
    ['waits with a reservation (design §8)', { condition: 'Scheduled', reservation }, true],
    ['terminal, waits with a reservation (design §8)', { condition: 'Failed', reservation }, true],
    [
      'waits with a reservation of an older configuration',
      { condition: 'Failed', reservation, configVersion: toTimestamp(EPOCH - 1) },
      false,
    ],
  ])('%s', (_, overrides, counts) => {
    expect(countsAsPlaced(anInstance(overrides), anApp())).toBe(counts);
  });

  test('after a scale-only change existing instances count', () => {
    const scaled = anApp({
      version: toTimestamp(EPOCH + 5),
      versionInfo: { lastScalingAt: toTimestamp(EPOCH + 5), lastConfigChangeAt: toTimestamp(EPOCH) },
    });
    expect(countsAsPlaced(anInstance(), scaled)).toBe(true);
  });

  test('an instance that was never placed does not count', () => {
    const { agent: _, ...unplaced } = anInstance({ goal: 'Decommissioned', condition: 'Killed' });
    expect(countsAsPlaced(unplaced, anApp())).toBe(false);
  });
});
