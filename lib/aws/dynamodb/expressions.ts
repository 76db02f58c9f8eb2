import type { AttributeValue as WireValue } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, ItemChanges, WriteCondition } from '../../gateways/store.ts';
import { assertNever } from '../../model/brand.ts';
import { toWireValue } from './attribute-codec.ts';

/** The expression parameters of one write; those that would be empty are absent, as DynamoDB wants it. */
export interface WriteExpressions {
  ConditionExpression?: string;
  UpdateExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, WireValue>;
}

/** Writes a condition and changes as expressions in which every name and value is a placeholder. */
export function toExpressions(condition: WriteCondition | undefined, changes: ItemChanges = {}): WriteExpressions {
  const placeholders = createPlaceholders();
  const conditionText = condition === undefined ? '' : renderCondition(condition, placeholders);
  const updateText = renderChanges(changes, placeholders);
  return {
    ...(conditionText === '' ? {} : { ConditionExpression: conditionText }),
    ...(updateText === '' ? {} : { UpdateExpression: updateText }),
    ...placeholders.parameters(),
  };
}

interface Placeholders {
  name(attribute: string): string;
  value(value: AttributeValue): string;
  parameters(): Pick<WriteExpressions, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;
}

function createPlaceholders(): Placeholders {
  const names = new Map<string, string>();
  const values: Record<string, WireValue> = {};
  return {
    name(attribute) {
      const known = names.get(attribute) ?? `#n${names.size}`;
      names.set(attribute, known);
      return known;
    },
    value(value) {
      const placeholder = `:v${Object.keys(values).length}`;
      values[placeholder] = toWireValue(value);
      return placeholder;
    },
    parameters: () => ({
      ...(names.size === 0
        ? {}
        : { ExpressionAttributeNames: Object.fromEntries([...names].map(([attribute, name]) => [name, attribute])) }),
      ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
    }),
  };
}

function renderCondition(condition: WriteCondition, placeholders: Placeholders): string {
  const { name, value } = placeholders;
  switch (condition.kind) {
    case 'absent':
      return `attribute_not_exists(${name('pk')})`;
    case 'exists':
      return `attribute_exists(${name('pk')})`;
    case 'equals':
      return `${name(condition.attribute)} = ${value(condition.value)}`;
    case 'missing':
      return `attribute_not_exists(${name(condition.attribute)})`;
    case 'atMost':
      return `${name(condition.attribute)} <= ${value(condition.value)}`;
    case 'any':
      return renderGroup(condition.of, 'OR', placeholders);
    case 'all':
      return renderGroup(condition.of, 'AND', placeholders);
    default:
      return assertNever(condition);
  }
}

/** A group of one is that one: double parentheses are refused. Of nothing, `any` is false and `all` is true. */
function renderGroup(of: readonly WriteCondition[], operator: 'AND' | 'OR', placeholders: Placeholders): string {
  const [first] = of;
  if (of.length === 1 && first !== undefined) return renderCondition(first, placeholders);
  const terms =
    of.length === 0
      ? [renderCondition({ kind: 'exists' }, placeholders), renderCondition({ kind: 'absent' }, placeholders)]
      : of.map((each) => renderTerm(each, placeholders));
  const joined = of.length > 0 ? operator : operator === 'AND' ? 'OR' : 'AND';
  return terms.join(` ${joined} `);
}

function renderTerm(condition: WriteCondition, placeholders: Placeholders): string {
  const text = renderCondition(condition, placeholders);
  return condition.kind === 'any' || condition.kind === 'all' ? `(${text})` : text;
}

function renderChanges({ set = {}, add = {}, remove = [] }: ItemChanges, { name, value }: Placeholders): string {
  const clauses = [
    ['SET', Object.entries(set).map(([attribute, to]) => `${name(attribute)} = ${value(to)}`)],
    ['ADD', Object.entries(add).map(([attribute, by]) => `${name(attribute)} ${value(by)}`)],
    ['REMOVE', remove.map(name)],
  ] as const;
  return clauses
    .filter(([, actions]) => actions.length > 0)
    .map(([keyword, actions]) => `${keyword} ${actions.join(', ')}`)
    .join(' ');
}
