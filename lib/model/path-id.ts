import type { Brand } from './brand.ts';

/** An absolute, canonical id of an app, pod or group: `/` or `/prod/web`. */
export type PathId = Brand<string, 'PathId'>;

export const ROOT_ID = '/' as PathId;

/** Schema pattern of every id field (Marathon: stringTypes.raml). Linear: each segment consumes at least one character. */
const LABEL = '(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])';
const SEGMENT = new RegExp(`^(?:${LABEL}\\.)*${LABEL}$`);

/** Last segments that would shadow a route. */
export const RESERVED_SEGMENTS = ['restart', 'tasks', 'versions', '.', '..'] as const;

export function segmentsOf(id: PathId): readonly string[] {
  return id === ROOT_ID ? [] : id.slice(1).split('/');
}

function fromSegments(segments: readonly string[]): PathId {
  return `/${segments.join('/')}` as PathId;
}

/**
 * Makes an id canonical: collapses slashes, resolves `.` and `..`, and resolves a relative id against `base`
 * (Marathon: PathId.scala). Popping above the root stays at the root. Does not judge the characters.
 */
export function resolvePathId(text: string, base: PathId = ROOT_ID): PathId {
  const segments = text.startsWith('/') ? [] : [...segmentsOf(base)];
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(segment);
  }
  return fromSegments(segments);
}

/** True when the text passes Marathon's id pattern: `/a/b`, `a`, `../b`, `//a`, `/`; not `A`, `a_b`, `-a`, `/.`. */
export function isIdText(text: string): boolean {
  if (text.length === 0) return false;
  return text.split('/').every((segment) => segment === '' || segment === '..' || SEGMENT.test(segment));
}

export function isValidSegment(segment: string): boolean {
  return SEGMENT.test(segment);
}

export function parentOf(id: PathId): PathId {
  const cut = id.lastIndexOf('/');
  return cut <= 0 ? ROOT_ID : (id.slice(0, cut) as PathId);
}

/** `/a` for `/a`, `/a/b`, `/a/b/c`; the root for itself. */
export function topLevelOf(id: PathId): PathId {
  return fromSegments(segmentsOf(id).slice(0, 1));
}

/** The groups above an id, nearest first, ending with the root: `/a/b/c` gives `/a/b`, `/a`, `/`. */
export function ancestorsOf(id: PathId): readonly PathId[] {
  const segments = segmentsOf(id);
  return segments.map((_, index) => fromSegments(segments.slice(0, segments.length - 1 - index)));
}

/** True for `/a/b` and `/a/b/c` under `/a/b`; everything is within the root. */
export function isWithin(id: PathId, group: PathId): boolean {
  return group === ROOT_ID || id === group || id.startsWith(`${group}/`);
}

/** `/prod/web` → `prod_web`; reversible, since segments cannot hold an underscore (task-environment §4). */
export function toSafePath(id: PathId): string {
  return segmentsOf(id).join('_');
}
