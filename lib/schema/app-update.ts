import type { AppError } from '../errors/app-error.ts';
import { invalidTimestamp } from '../errors/catalogue.ts';
import { type PathId, resolvePathId } from '../model/path-id.ts';
import type { AppSpec } from '../model/run-spec.ts';
import { parseTimestamp, type Timestamp } from '../model/timestamp.ts';
import { given } from './given.ts';
import { type CanonicalFields, migrateDeprecated } from './migrate.ts';
import { finishApp, firstRefusal, type ParsedApp, type ParseOptions } from './parse-app.ts';
import { renderApp } from './render-app.ts';
import { deprecatedViolations } from './rules/deprecated.ts';
import { unless } from './rules/violation.ts';
import { type AppFields, appSchema, appUpdateSchema } from './wire/app.ts';
import { readJson } from './wire/read-json.ts';

/** A partial update: either fields to change, or the version to go back to. `id` only in a list of updates. */
export type AppUpdate =
  | { readonly kind: 'change'; readonly id: PathId | undefined; readonly fields: CanonicalFields }
  | { readonly kind: 'rollback'; readonly id: PathId | undefined; readonly version: Timestamp };

export type ParsedAppUpdate =
  | { readonly ok: true; readonly update: AppUpdate }
  | { readonly ok: false; readonly error: AppError };

function parseRollback(id: PathId | undefined, text: string, fields: AppFields): ParsedAppUpdate {
  const alone = Object.keys(given(fields)).length === 0;
  const error = firstRefusal(() => unless(alone, '/', "The 'version' field may only be combined with the 'id' field."));
  if (error !== undefined) return { ok: false, error };
  const version = parseTimestamp(text);
  return version === undefined
    ? { ok: false, error: invalidTimestamp(text) }
    : { ok: true, update: { kind: 'rollback', id, version } };
}

/**
 * The body of a partial `PUT` or `PATCH` (api-endpoints.md §2). A `version` makes it a rollback, which the caller
 * carries out: the stored definition of that version becomes a new one. Rules on the whole wait for the merge.
 */
export function parseAppUpdate(input: unknown): ParsedAppUpdate {
  const read = readJson(appUpdateSchema, input);
  if (!read.ok) return read;
  const { id: idText, version, ...fields } = read.value;
  const id = idText === undefined ? undefined : resolvePathId(idText);
  if (version !== undefined) return parseRollback(id, version, fields);
  const error = firstRefusal(() => deprecatedViolations(fields));
  return error === undefined
    ? { ok: true, update: { kind: 'change', id, fields: migrateDeprecated(fields) } }
    : { ok: false, error };
}

/**
 * The definition after a change: each given field replaces the old one whole, then everything that `parseApp` does
 * to a complete definition. `cmd` cannot be removed, so `args` on an app with `cmd` is refused, as in Marathon.
 */
export function applyAppUpdate(
  current: AppSpec,
  changes: CanonicalFields,
  options: Pick<ParseOptions, 'config' | 'enforcesRole'>,
): ParsedApp {
  const { id: _id, ...fields } = appSchema.parse(renderApp(current));
  const merged = { ...migrateDeprecated(fields), ...given(changes) };
  return finishApp(current.id, merged, { ...options, existingRole: current.role });
}
