import type { Member, Shape } from './static-schema.ts';

/** How values stand on one side of a wire. */
export interface Wire {
  readonly nameOf: (member: Member) => string;
  /** Whether a simple value can stand for its type. */
  readonly fits: (kind: 'text' | 'number' | 'flag' | 'time' | 'bytes', value: unknown) => boolean;
}

/** What in a value is not as its shape says: members that AWS does not know, and values of another type. */
export function walkShape(shape: Shape, value: unknown, wire: Wire, path = ''): readonly string[] {
  switch (shape.kind) {
    case 'document':
      return [];
    case 'unit':
      return isRecord(value) && Object.keys(value).length === 0 ? [] : [`${path}: nothing belongs here`];
    case 'list':
      if (!Array.isArray(value)) return [`${path}: is no list`];
      return value.flatMap((item, index) => walkShape(shape.item(), item, wire, `${path}[${index}]`));
    case 'map':
      if (!isRecord(value)) return [`${path}: is no map`];
      return Object.entries(value).flatMap(([key, item]) => walkShape(shape.value(), item, wire, `${path}.${key}`));
    case 'structure':
      if (!isRecord(value)) return [`${path}: is no ${shape.name}`];
      return Object.entries(value).flatMap(([key, item]) => {
        if (item === undefined) return [];
        const member = shape.members.find((each) => wire.nameOf(each) === key);
        if (member === undefined) return [`${path}.${key}: ${shape.name} has no such member`];
        return walkShape(member.shape(), item, wire, `${path}.${key}`);
      });
    default:
      return wire.fits(shape.kind, value) ? [] : [`${path}: ${describe(value)} is no ${shape.kind}`];
  }
}

/** Which of these members are missing in structures of these names, at any depth. */
export function missingMembers(
  shape: Shape,
  value: unknown,
  wire: Wire,
  always: Readonly<Record<string, readonly string[]>>,
  path = '',
): readonly string[] {
  if (shape.kind === 'list') {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.flatMap((item, index) => missingMembers(shape.item(), item, wire, always, `${path}[${index}]`));
  }
  if (shape.kind !== 'structure' || !isRecord(value)) return [];
  const absent = (always[shape.name] ?? []).filter((name) => {
    const member = shape.members.find((each) => each.name === name);
    return member === undefined || value[wire.nameOf(member)] === undefined;
  });
  const inner = shape.members.flatMap((member) =>
    missingMembers(member.shape(), value[wire.nameOf(member)], wire, always, `${path}.${member.name}`),
  );
  return [...absent.map((name) => `${path}.${name}: AWS always sends it in ${shape.name}`), ...inner];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function describe(value: unknown): string {
  return value instanceof Date ? 'a date' : JSON.stringify(value);
}
