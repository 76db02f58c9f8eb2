import type { AppError } from '../errors/app-error.ts';
import { notValid } from '../errors/catalogue.ts';
import { launchLimits } from '../launch/launch-limits.ts';
import type { SchedulerConfig } from '../model/config.ts';
import { type PathId, ROOT_ID, resolvePathId } from '../model/path-id.ts';
import type { AppDefinition } from '../model/run-spec.ts';
import { type CanonicalFields, migrateDeprecated } from './migrate.ts';
import { normalizeApp } from './normalize-app.ts';
import { modelViolations, requestViolations } from './rules/app.ts';
import { deprecatedViolations } from './rules/deprecated.ts';
import { defaultRole } from './rules/roles.ts';
import { unsupportedViolations } from './rules/unsupported.ts';
import type { Violation } from './rules/violation.ts';
import { type AppInput, appSchema } from './wire/app.ts';
import { groupByPath } from './wire/issues.ts';
import { readJson } from './wire/read-json.ts';

export interface ParseOptions {
  readonly config: Pick<SchedulerConfig, 'agentRoles' | 'envVarsPrefix'>;
  /** What relative ids are relative to. Default: the root. */
  readonly base?: PathId;
  /** Takes the place of any `id` in the body: `PUT /v2/apps/{id}`. */
  readonly id?: PathId;
  /** The role of the app that this definition replaces, which it may keep. */
  readonly existingRole?: string;
  /** Whether the top-level group of an app makes its name the role of all below (pod-and-group-model.md B5). */
  readonly enforcesRole?: (app: PathId) => boolean;
}

export type ParsedApp =
  | { readonly ok: true; readonly app: AppDefinition }
  | { readonly ok: false; readonly error: AppError };

/** The error for the first stage that has violations: stages are never mixed (app-model.md §1). */
export function firstRefusal(...stages: readonly (() => readonly Violation[])[]): AppError | undefined {
  for (const stage of stages) {
    const violations = stage();
    if (violations.length > 0) return notValid(groupByPath(violations));
  }
  return undefined;
}

/** What no launch could carry, however well it is defined. */
function sizeViolations(app: AppDefinition, { config }: ParseOptions): readonly Violation[] {
  return launchLimits(app, config).flatMap(({ path, errors }) => errors.map((error): Violation => [path, error]));
}

/** From canonical fields on: defaults, then Marathon's rules, then our own limits. */
export function finishApp(id: PathId, fields: CanonicalFields, options: ParseOptions): ParsedApp {
  const base = options.base ?? ROOT_ID;
  const enforceRole = options.enforcesRole?.(id) ?? false;
  const app = normalizeApp(id, { ...fields, role: fields.role ?? defaultRole(id, enforceRole) }, base);
  const dependencies = (fields.dependencies ?? []).map((text) => resolvePathId(text, base));
  const context = { agentRoles: options.config.agentRoles, existingRole: options.existingRole, enforceRole };
  const error = firstRefusal(
    () => requestViolations(fields, app, dependencies, context),
    () => modelViolations(app),
    () => unsupportedViolations(app),
    () => sizeViolations(app, options),
  );
  return error === undefined ? { ok: true, app } : { ok: false, error };
}

function withId(input: unknown, id: PathId | undefined): unknown {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return id === undefined || !isObject ? input : { ...input, id };
}

/**
 * A whole app definition, as `POST /v2/apps` and a full `PUT` take it, to its canonical form. Deprecated fields are
 * translated, defaults filled in, ids made absolute; `version` and `versionInfo` are ignored. Service ports asked for
 * as 0 stay 0: the commit assigns them. Refusals are 422 with every wrong field of the first stage that fails.
 */
export function parseApp(input: unknown, options: ParseOptions): ParsedApp {
  const read = readJson(appSchema, withId(input, options.id));
  return read.ok ? completeApp(read.value, options) : read;
}

/** From a definition that the schema has read on: everything else that `parseApp` does. */
export function completeApp({ id, ...fields }: AppInput, options: ParseOptions): ParsedApp {
  const error = firstRefusal(() => deprecatedViolations(fields));
  if (error !== undefined) return { ok: false, error };
  return finishApp(resolvePathId(id, options.base), migrateDeprecated(fields), options);
}
