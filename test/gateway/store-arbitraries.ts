import * as fc from 'fast-check';
import type { AttributeValue, ItemChanges, WriteCondition } from '../../lib/gateways/store.ts';
import type { StoreOperation } from './store-model.ts';

const name = fc.constantFrom('a', 'b', 'status', 'size');
const number = fc.integer({ min: -300, max: 300 }).map((cents) => cents / 100);
const value: fc.Arbitrary<AttributeValue> = fc.oneof(number, fc.constantFrom('', 'x', '1'), fc.boolean());
const small: fc.Arbitrary<AttributeValue> = fc.constantFrom<AttributeValue>(0, 1, 'x', true);

const condition: fc.Arbitrary<WriteCondition> = fc.letrec<{ condition: WriteCondition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant<WriteCondition>({ kind: 'exists' }),
    fc.constant<WriteCondition>({ kind: 'absent' }),
    fc.record({ kind: fc.constant('equals'), attribute: name, value: small }),
    fc.record({ kind: fc.constant('missing'), attribute: name }),
    fc.record({ kind: fc.constant('atMost'), attribute: name, value: number }),
    fc.record({ kind: fc.constant('any'), of: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('all'), of: fc.array(tie('condition'), { maxLength: 3 }) }),
  ),
})).condition;

const changes: fc.Arbitrary<ItemChanges> = fc.record(
  {
    set: fc.dictionary(name, fc.oneof(small, value), { maxKeys: 2 }),
    add: fc.dictionary(name, number, { maxKeys: 2 }),
    remove: fc.uniqueArray(name, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

/** Sequences of calls on four items of one run; `run` keeps the runs apart in a store that they share. */
export function operationsOf(run: string): fc.Arbitrary<StoreOperation[]> {
  const key = fc.record({ pk: fc.constantFrom(`${run}p`, `${run}q`), sk: fc.constantFrom('1', '2') });
  const maybe = fc.option(condition, { nil: undefined });
  const item = fc
    .tuple(fc.dictionary(name, fc.oneof(small, value), { maxKeys: 3 }), key)
    .map(([attributes, keys]) => ({ ...attributes, ...keys }));
  return fc.array(
    fc.oneof<fc.Arbitrary<StoreOperation>[]>(
      fc.record({ kind: fc.constant('get'), key }),
      fc.record({ kind: fc.constant('put'), item, condition: maybe }),
      fc.record({ kind: fc.constant('update'), key, changes, condition: maybe }),
      fc.record({ kind: fc.constant('update'), key, changes, condition: maybe }),
      fc.record({ kind: fc.constant('delete'), key, condition: maybe }),
    ),
    { minLength: 1, maxLength: 20 },
  );
}
