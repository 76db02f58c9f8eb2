/** Paths of an answer (`tasks[].containers[].name`) with the types that are found there. */
export type AnswerShape = ReadonlyMap<string, ReadonlySet<string>>;

/** The shape of a parsed answer: members that are undefined are not there, elements of a list share a path. */
export function shapeOf(answer: unknown): AnswerShape {
  const shape = new Map<string, Set<string>>();
  walk(answer, '', (path, type) => {
    const types = shape.get(path) ?? new Set();
    shape.set(path, types.add(type));
  });
  shape.delete('');
  return shape;
}

function walk(value: unknown, path: string, tell: (path: string, type: string) => void): void {
  if (value === undefined) return;
  tell(path, typeOf(value));
  if (Array.isArray(value)) {
    for (const element of value) walk(element, `${path}[]`, tell);
    return;
  }
  if (typeOf(value) !== 'object') return;
  for (const [key, member] of Object.entries(Object(value))) walk(member, path === '' ? key : `${path}.${key}`, tell);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Date) return 'time';
  if (value instanceof Uint8Array) return 'bytes';
  return typeof value;
}

/** One line for each path that only one of the two has, or that has other types. A path below such a path is left out. */
export function differencesOf(theirs: AnswerShape, ours: AnswerShape): readonly string[] {
  const paths = [...new Set([...theirs.keys(), ...ours.keys()])].toSorted();
  const lines: string[] = [];
  const covered: string[] = [];
  for (const path of paths) {
    if (covered.some((above) => path.startsWith(`${above}.`) || path.startsWith(`${above}[]`))) continue;
    const [their, our] = [theirs.get(path), ours.get(path)].map((types) => types && [...types].toSorted().join(' or '));
    if (their === our) continue;
    covered.push(path);
    if (our === undefined) lines.push(`${path} only theirs`);
    else if (their === undefined) lines.push(`${path} only ours`);
    else lines.push(`${path} ${their} for them, ${our} for us`);
  }
  return lines;
}
