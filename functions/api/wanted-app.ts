import type { WantedChange } from '../../lib/deployment/plan-change.ts';
import { appNotFound } from '../../lib/errors/catalogue.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../lib/model/root.ts';
import type { AppDefinition, AppSpec } from '../../lib/model/run-spec.ts';
import { type AppUpdate, applyAppUpdate, parseAppUpdate } from '../../lib/schema/app-update.ts';
import { parseApp } from '../../lib/schema/parse-app.ts';
import type { DefinitionsView } from '../runtime/definitions/definitions-view.ts';
import { accepted } from './accepted.ts';
import type { ApiDeps } from './deps.ts';

/** The definition of a version of an app, without what a commit adds. */
async function definitionAt(
  { state }: ApiDeps,
  current: CurrentSpec<AppSpec>,
  version: string,
): Promise<AppDefinition> {
  if (current.spec.version === version) return current.spec;
  const former = current.former.find((one) => one.version === version);
  const specs = former === undefined ? undefined : await state.definitions.getSpecs([former.hash]);
  const stored = former === undefined ? undefined : specs?.get(former.hash);
  if (stored?.spec.kind !== 'app') throw appNotFound(current.id);
  const { version: _version, versionInfo: _versionInfo, ...definition } = stored.spec;
  return definition;
}

async function updated(
  deps: ApiDeps,
  { enforcesRole }: DefinitionsView,
  current: CurrentSpec<AppSpec>,
  update: AppUpdate,
): Promise<AppDefinition> {
  return update.kind === 'rollback'
    ? definitionAt(deps, current, update.version)
    : accepted(applyAppUpdate(current.spec, update.fields, { config: deps.config, enforcesRole })).app;
}

/** What a `PUT` or `PATCH` asks of one app. */
export interface AppRequest {
  readonly id: PathId;
  /** Any `id` in it gives way to the one above. */
  readonly body: unknown;
  readonly partialUpdate: boolean;
  /** Refuse to create it: `PATCH`. */
  readonly mustExist: boolean;
}

/** The change that a request makes under the present definitions. Throws what it is refused with. */
export async function wantedApp(
  deps: ApiDeps,
  view: DefinitionsView,
  { id, body, partialUpdate, mustExist }: AppRequest,
): Promise<WantedChange> {
  const before = await view.findApp(id);
  const options = { config: deps.config, id, enforcesRole: view.enforcesRole };
  if (before === undefined) {
    // Marathon judges the body as a whole definition first, so 422 may come before 404.
    const { app } = accepted(parseApp(body, options));
    if (mustExist) throw appNotFound(id);
    return { id, after: app };
  }
  const after = partialUpdate
    ? await updated(deps, view, before, accepted(parseAppUpdate(body)).update)
    : accepted(parseApp(body, { ...options, existingRole: before.spec.role })).app;
  return { id, before, after: { ...after, id } };
}
