import { isValidSegment, type PathId, RESERVED_SEGMENTS, ROOT_ID, segmentsOf } from '../../model/path-id.ts';
import { unless, type Violation } from './violation.ts';

const SEGMENT_TEXT =
  '^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$';

/** Ids are sort keys, of which DynamoDB takes 1,024 bytes; instance ids put up to 50 characters behind them. */
const MAX_LENGTH = 900;

/** Characters, length and reserved last segments of one id. */
export function pathViolations(id: PathId, path: string): readonly Violation[] {
  if (id.length > MAX_LENGTH) return [[path, `must not be longer than ${MAX_LENGTH} characters`]];
  const segments = segmentsOf(id);
  const reserved = RESERVED_SEGMENTS.some((word) => word === segments.at(-1));
  return [
    ...unless(segments.every(isValidSegment), path, `must fully match regular expression '${SEGMENT_TEXT}'`),
    ...unless(
      !reserved,
      path,
      `must not end with any of the following reserved keywords: ${RESERVED_SEGMENTS.join(', ')}`,
    ),
  ];
}

/** Rules on an absolute id and on what it depends on (app-model.md §3). */
export function idViolations(id: PathId, dependencies: readonly PathId[]): readonly Violation[] {
  return [
    ...pathViolations(id, '/id'),
    ...unless(id !== ROOT_ID, '/id', 'Path must contain at least one path element'),
    ...dependencies.flatMap((dependency, index) => pathViolations(dependency, `/dependencies(${index})`)),
    ...unless(id !== ROOT_ID, '/', 'must not be root'),
  ];
}
