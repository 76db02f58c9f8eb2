import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { createState } from '../../../lib/state/state.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anEndedTask } from '../../fixtures/an-ended-task.ts';

const DAY = 24 * 3600 * 1000;
const [CART, SHOP] = [resolvePathId('/cart'), resolvePathId('/shop')];

let store: ReturnType<typeof createMemoryStore>;
let tasks: ReturnType<typeof createState>['endedTasks'];
beforeEach(() => {
  store = createMemoryStore();
  tasks = createState(store, 'stride').endedTasks;
});

describe('tasks that ended', () => {
  const one = anEndedTask({ runSpec: CART, incarnation: 1, endedAt: EPOCH });
  const two = anEndedTask({ runSpec: CART, incarnation: 2, endedAt: EPOCH + 1 });
  const three = anEndedTask({ runSpec: SHOP, incarnation: 3, endedAt: EPOCH + 2 });

  it('are found by instance and incarnation, and listed with the newest first, by run spec or all, in pages', async () => {
    for (const task of [three, one, two, two]) await tasks.put(task, 30);
    expect(await tasks.find(one.instance, 2)).toEqual(two);
    expect(await tasks.find(one.instance, 4)).toBeUndefined();
    expect(await tasks.list(CART, 10)).toEqual({ records: [two, one] });
    const first = await tasks.list(undefined, 2);
    expect(first.records).toEqual([three, two]);
    expect(await tasks.list(undefined, 2, first.next)).toEqual({ records: [one] });
  });

  it.for([
    [7, 30, 30],
    [30, 30, 30],
    [90, 30, 90],
  ] as const)('whose output is kept %d days are listed for %d and found for %d', async ([days, listed, found]) => {
    await tasks.put(one, days);
    store.expire(EPOCH + listed * DAY - 1_000);
    expect(await tasks.list(CART, 10)).toEqual({ records: [one] });
    store.expire(EPOCH + listed * DAY);
    expect(await tasks.list(CART, 10)).toEqual({ records: [] });
    store.expire(EPOCH + found * DAY - 1_000);
    expect((await tasks.find(one.instance, 1)) !== undefined).toBe(found > listed);
  });
});
