import type { AttributeValue as WireValue } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, Item, Key } from '../../gateways/store.ts';

/** An item in DynamoDB's form: text is S, a number is N, true and false are BOOL. */
export function toWireItem(item: Item): Record<string, WireValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toWireValue(value)]));
}

/** A key without whatever else the object holds. */
export function toWireKey(key: Key): { pk: WireValue; sk: WireValue } {
  return { pk: { S: key.pk }, sk: { S: key.sk } };
}

export function toWireValue(value: AttributeValue): WireValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return { N: String(value) };
    case 'boolean':
      return { BOOL: value };
  }
}

/** Reads an item; throws when it has no text keys or an attribute of a type that Stride does not write. */
export function fromWireItem(wire: Record<string, WireValue>): Item {
  const { pk, sk } = wire;
  if (pk?.S === undefined || sk?.S === undefined) {
    throw new Error(`a stored item has no pk or sk of type S: its attributes are ${Object.keys(wire).join(', ')}`);
  }
  const attributes = Object.entries(wire).map(([name, value]) => [name, fromWireValue(name, value)] as const);
  return { ...Object.fromEntries(attributes), pk: pk.S, sk: sk.S };
}

function fromWireValue(name: string, wire: WireValue): AttributeValue {
  const value = wire.S ?? wire.BOOL ?? (wire.N === undefined ? undefined : Number(wire.N));
  if (value !== undefined) return value;
  throw new Error(`attribute ${name} has type ${Object.keys(wire).join(', ')}: Stride stores S, N and BOOL only`);
}
