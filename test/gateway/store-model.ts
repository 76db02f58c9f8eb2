import type { AttributeValue, Item, ItemChanges, Key, WriteCondition } from '../../lib/gateways/store.ts';

/** One call of the store. Numbers are whole cents, so that the model can sum them without a decimal library. */
export type StoreOperation =
  | { readonly kind: 'get'; readonly key: Key }
  | { readonly kind: 'put'; readonly item: Item; readonly condition: WriteCondition | undefined }
  | {
      readonly kind: 'update';
      readonly key: Key;
      readonly changes: ItemChanges;
      readonly condition: WriteCondition | undefined;
    }
  | { readonly kind: 'delete'; readonly key: Key; readonly condition: WriteCondition | undefined };

/** What a call came to: its result, or `refused` when the store would not take it. */
export type Outcome = Item | boolean | undefined | 'refused';

/** What a store is, as plainly as it can be said: a map, an interpreter of conditions, and three ways to write. */
export function createStoreModel() {
  const items = new Map<string, Item>();
  const idOf = (key: Key) => `${key.pk}\n${key.sk}`;

  function apply(operation: StoreOperation): Outcome {
    switch (operation.kind) {
      case 'get':
        return items.get(idOf(operation.key));
      case 'put':
        if (!judge(operation.condition, items.get(idOf(operation.item)))) return false;
        items.set(idOf(operation.item), operation.item);
        return true;
      case 'delete':
        if (!judge(operation.condition, items.get(idOf(operation.key)))) return false;
        items.delete(idOf(operation.key));
        return true;
      case 'update':
        return update(operation.key, operation.changes, operation.condition);
    }
  }

  function update(key: Key, { set = {}, add = {}, remove = [] }: ItemChanges, condition?: WriteCondition): Outcome {
    const named = [...Object.keys(set), ...Object.keys(add), ...remove];
    if (new Set(named).size < named.length) return 'refused';
    const before = items.get(idOf(key));
    if (!judge(condition, before)) return undefined;
    const after = new Map<string, AttributeValue>(Object.entries({ ...key, ...before, ...set }));
    for (const [name, by] of Object.entries(add)) {
      const former = after.get(name) ?? 0;
      if (typeof former !== 'number') return 'refused';
      after.set(name, Math.round((former + by) * 100) / 100);
    }
    for (const name of remove) after.delete(name);
    const item: Item = { ...Object.fromEntries(after), ...key };
    items.set(idOf(key), item);
    return item;
  }

  return { apply, items };
}

function judge(condition: WriteCondition | undefined, item: Item | undefined): boolean {
  if (condition === undefined) return true;
  if (condition.kind === 'absent') return item === undefined;
  if (condition.kind === 'exists') return item !== undefined;
  if (condition.kind === 'any') return condition.of.map((each) => judge(each, item)).includes(true);
  if (condition.kind === 'all') return !condition.of.map((each) => judge(each, item)).includes(false);
  const value = item?.[condition.attribute];
  if (condition.kind === 'missing') return value === undefined;
  if (condition.kind === 'equals') return value !== undefined && value === condition.value;
  return typeof value === 'number' && value <= condition.value;
}
