import { invalidTimestamp } from '../../errors/catalogue.ts';
import { type PathId, resolvePathId } from '../../model/path-id.ts';
import { parseTimestamp, type Timestamp } from '../../model/timestamp.ts';
import { given } from '../given.ts';
import { type Read, readJson, type SizeLimit } from '../wire/read-json.ts';
import { type GroupInput, groupPatchSchema, groupSchema } from './wire.ts';

/** A request with its surroundings must stay below the 6 MB that a Lambda function takes. */
const GROUP_LIMIT: SizeLimit = { what: 'The group', characters: 4_194_304, values: 524_288 };

/** What a body asks of a group: new contents, other numbers of instances, or an earlier version. */
export type GroupRequest = { readonly id: PathId } & (
  | { readonly kind: 'contents'; readonly input: GroupInput }
  | { readonly kind: 'scale'; readonly by: number }
  | { readonly kind: 'rollback'; readonly version: Timestamp }
);

/** The ids of all apps that a request defines, below any group. */
export function appIdsOf(input: GroupInput, id: PathId): readonly PathId[] {
  return [
    ...(input.apps ?? []).map((app) => resolvePathId(app.id, id)),
    ...(input.groups ?? []).flatMap((group) => appIdsOf(group, resolvePathId(group.id, id))),
  ];
}

/**
 * Reads the body of `POST` and `PUT /v2/groups/{path}`: types and bounds alone. An `id` in it is relative to the path.
 * `scaleBy` and `version` that do not stand alone are left to `judgeGroup`, which refuses them.
 */
export function readGroup(body: unknown, path: PathId): Read<GroupRequest> {
  const read = readJson(groupSchema, body, GROUP_LIMIT);
  if (!read.ok) return read;
  const input = read.value;
  const id = input.id === undefined ? path : resolvePathId(input.id, path);
  const alone = Object.keys(given(input)).length === 1;
  if (alone && input.scaleBy !== undefined) return { ok: true, value: { kind: 'scale', id, by: input.scaleBy } };
  if (!alone || input.version === undefined) return { ok: true, value: { kind: 'contents', id, input } };
  const version = parseTimestamp(input.version);
  return version === undefined
    ? { ok: false, error: invalidTimestamp(input.version) }
    : { ok: true, value: { kind: 'rollback', id, version } };
}

/** Reads the body of `PATCH /v2/groups/{id}`. */
export function readGroupPatch(body: unknown): Read<{ readonly enforceRole: boolean }> {
  return readJson(groupPatchSchema, body);
}
