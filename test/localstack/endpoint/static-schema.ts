import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ebs from '@aws-sdk/client-ebs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as events from '@aws-sdk/client-eventbridge';

/**
 * The schemas that the SDK's clients serialize by, generated from AWS's own models: plain arrays, exported as
 * `StartTask$`. This reads them without the SDK's private code.
 */
export type Shape =
  | { readonly kind: 'text' | 'number' | 'flag' | 'time' | 'bytes' | 'unit' | 'document' }
  | { readonly kind: 'list'; readonly item: () => Shape }
  | { readonly kind: 'map'; readonly value: () => Shape }
  | { readonly kind: 'structure'; readonly name: string; readonly members: readonly Member[] };

export interface Member {
  readonly name: string;
  readonly shape: () => Shape;
  /** Names on the wire: `xmlName`, `ec2QueryName`. */
  readonly traits: Readonly<Record<string, unknown>>;
}

const CLIENTS = { ecs, ec2, ebs, events, logs } as const;

export type ServiceName = keyof typeof CLIENTS;

/** Request and answer of an operation. Throws when the client has no such operation. */
export function operationShapes(
  service: ServiceName,
  operation: string,
): { readonly input: Shape; readonly output: Shape } {
  const [id, , , , input, output] = exported(service, operation);
  if (id !== 9) throw new Error(`${service} has no operation ${operation}`);
  return { input: toShape(input), output: toShape(output) };
}

/** A structure by its name, `Task`. */
export function structureShape(service: ServiceName, name: string): Shape {
  return toShape(exported(service, name));
}

/** The status of an error that the service's model has; undefined for errors without one of their own. */
export function modelledError(service: ServiceName, code: string): { readonly status: unknown } | undefined {
  const [id, , , traits] = exported(service, code);
  if (id !== -3) return undefined;
  return {
    status: typeof traits === 'object' && traits !== null && 'httpError' in traits ? traits.httpError : undefined,
  };
}

function exported(service: ServiceName, name: string): readonly unknown[] {
  const found = new Map<string, unknown>(Object.entries(CLIENTS[service])).get(`${name}$`);
  return Array.isArray(found) ? found : [];
}

/** A reference: a schema, a function that gives one, or either with traits of the member beside it. */
function toShape(reference: unknown): Shape {
  const schema = typeof reference === 'function' ? reference() : reference;
  if (schema === 'unit') return { kind: 'unit' };
  if (typeof schema === 'number') return toSimple(schema);
  if (!Array.isArray(schema)) throw new Error(`no schema: ${String(schema)}`);
  const [id, , name, , a, b] = schema;
  switch (id) {
    case 0:
      return toShape(a);
    case 1:
      return { kind: 'list', item: () => toShape(schemaOf(a)) };
    case 2:
      return { kind: 'map', value: () => toShape(schemaOf(b)) };
    case 3:
    case 4:
    case -3:
      return { kind: 'structure', name: String(name), members: toMembers(a, b) };
    default:
      throw new Error(`unknown schema ${String(name)}`);
  }
}

function toMembers(names: unknown, references: unknown): readonly Member[] {
  if (!Array.isArray(names) || !Array.isArray(references)) throw new Error('a structure without members');
  return names.map((name, index) => {
    const reference: unknown = references[index];
    const traits = isPair(reference) && typeof reference[1] === 'object' ? { ...reference[1] } : {};
    return { name: String(name), shape: () => toShape(schemaOf(reference)), traits };
  });
}

function schemaOf(reference: unknown): unknown {
  return isPair(reference) ? reference[0] : reference;
}

/** `[schema, traits]`: schemas themselves are longer. */
function isPair(reference: unknown): reference is readonly [unknown, unknown] {
  return Array.isArray(reference) && reference.length === 2;
}

const LIST = 0x40;
const MAP = 0x80;

/** The SDK's numbers for simple types; a bit makes them lists or maps. */
function toSimple(code: number): Shape {
  if ((code & MAP) !== 0) return { kind: 'map', value: () => toSimple(code & ~MAP) };
  if ((code & LIST) !== 0) return { kind: 'list', item: () => toSimple(code & ~LIST) };
  if (code === 0) return { kind: 'text' };
  if (code === 1 || code === 0x11 || code === 0x13) return { kind: 'number' };
  if (code === 2) return { kind: 'flag' };
  if (code >= 4 && code <= 7) return { kind: 'time' };
  if (code === 0x15 || code === 0x2a) return { kind: 'bytes' };
  if (code === 0x0f) return { kind: 'document' };
  throw new Error(`unknown simple schema ${code}`);
}
