import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../../lib/gateways/store.ts';
import { operationsOf } from './store-arbitraries.ts';
import { describeConditions } from './store-condition-tests.ts';
import { createStoreModel, type Outcome, type StoreOperation } from './store-model.ts';
import { describeReads } from './store-read-tests.ts';
import { describeStream, describeTimeToLive } from './store-stream-tests.ts';
import { createTrial, type StoreOnTrial } from './store-trial.ts';
import { describeWrites } from './store-write-tests.ts';

interface SuiteOptions {
  /** How many random sequences of calls to compare with the model. */
  readonly runs: number;
}

/** The one suite that every implementation of `Store` passes. Tests share the table; each has partitions of its own. */
export function describeStore(name: string, open: () => Promise<StoreOnTrial>, { runs }: SuiteOptions): void {
  describe(name, () => {
    const trial = createTrial(open);
    beforeAll(trial.open);
    afterAll(trial.close);
    describeConditions(trial);
    describeWrites(trial);
    describeReads(trial);
    describeStream(trial);

    test('any sequence of calls comes to what the model says', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(operationsOf('run/'), async (operations) => {
          run += 1;
          const model = createStoreModel();
          for (const operation of operations.map((each) => moveTo(each, `${run}/`))) {
            expect(await applyTo(trial.store, operation)).toEqual(model.apply(operation));
          }
          for (const pk of [`${run}/run/p`, `${run}/run/q`]) {
            const wanted = [...model.items.values()].filter((item) => item.pk === pk);
            expect(await trial.readAll(pk)).toEqual(wanted.toSorted((a, b) => (a.sk < b.sk ? -1 : 1)));
          }
        }),
        { numRuns: runs },
      );
    }, 60_000);

    describe('by itself', () => {
      // DynamoDB Local looks at twenty items each ten seconds: in a table full of others' it would take minutes.
      const small = createTrial(open);
      beforeAll(small.open);
      afterAll(small.close);
      describeTimeToLive(small);
    });
  });
}

/** The same call in partitions of its own. */
function moveTo(operation: StoreOperation, run: string): StoreOperation {
  if (operation.kind === 'put') return { ...operation, item: { ...operation.item, pk: run + operation.item.pk } };
  return { ...operation, key: { ...operation.key, pk: run + operation.key.pk } };
}

async function applyTo(store: Store, operation: StoreOperation): Promise<Outcome> {
  try {
    switch (operation.kind) {
      case 'get':
        return await store.get(operation.key);
      case 'put':
        return await store.put(operation.item, operation.condition);
      case 'update':
        return await store.update(operation.key, operation.changes, operation.condition);
      case 'delete':
        return await store.delete(operation.key, operation.condition);
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationException') return 'refused';
    throw error;
  }
}
