import type { GroupEntry, SpecEntry } from '../../../lib/group/tree.ts';
import { contentHash } from '../../../lib/model/content-hash.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { EPOCH } from '../../fixtures/an-app.ts';

/** An app in the group tree, with the dependencies given. */
export function anAppEntry(id: string, dependencies: readonly string[] = []): SpecEntry {
  return {
    kind: 'app',
    id: resolvePathId(id),
    spec: contentHash(id),
    version: toTimestamp(EPOCH),
    servicePorts: [],
    dependencies: dependencies.map((name) => resolvePathId(name)),
  };
}

/** A group with data of its own. */
export function aGroupEntry(id: string, dependencies: readonly string[] = []): GroupEntry {
  return { kind: 'group', id: resolvePathId(id), dependencies: dependencies.map((name) => resolvePathId(name)) };
}
