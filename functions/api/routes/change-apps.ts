import type { WantedChange } from '../../../lib/deployment/plan-change.ts';
import { AppError, inElement } from '../../../lib/errors/app-error.ts';
import { illegalArgument, jsonSchema, notValid } from '../../../lib/errors/catalogue.ts';
import { type PathId, ROOT_ID } from '../../../lib/model/path-id.ts';
import { parseAppUpdate } from '../../../lib/schema/app-update.ts';
import { parseApp } from '../../../lib/schema/parse-app.ts';
import type { DefinitionsView } from '../../runtime/definitions/definitions-view.ts';
import { accepted } from '../accepted.ts';
import { deploymentAnswer } from '../deployment-answer.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { readBody } from '../read-body.ts';
import { type Starting, startDeployment } from '../start-deployment.ts';
import { wantedApp } from '../wanted-app.ts';

interface ListUpdate extends Starting {
  readonly partialUpdate: boolean;
  readonly mustExist: boolean;
}

/** Does something for each element in turn; what it is refused with names the element. */
async function eachElement<T, R>(elements: readonly T[], work: (element: T) => R | Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const [index, element] of elements.entries()) {
    try {
      results.push(await work(element));
    } catch (error) {
      throw error instanceof AppError ? inElement(error, index) : error;
    }
  }
  return results;
}

/** The id that an element names; the rest of it is judged with the app that it concerns. */
function idOf(element: unknown, partialUpdate: boolean, config: ApiDeps['config']): PathId {
  if (!partialUpdate) return accepted(parseApp(element, { config })).app.id;
  const { id } = accepted(parseAppUpdate(element)).update;
  if (id === undefined) throw illegalArgument('requirement failed: App Update must have app id set');
  return id;
}

async function updateApps(deps: ApiDeps, request: ApiRequest, update: ListUpdate): Promise<ApiResponse> {
  const { partialUpdate, mustExist } = update;
  const list = readBody(request);
  if (!Array.isArray(list)) throw jsonSchema([{ path: '', errors: ['error.expected.jsarray'] }]);
  const seen = new Set<PathId>();
  const elements = await eachElement(list, (body: unknown) => {
    const id = idOf(body, partialUpdate, deps.config);
    // Marathon applies both, one after another; which of two wins is nothing to guess at.
    if (seen.has(id)) throw notValid([{ path: '/id', errors: [`${id} is in the list twice: merge its elements`] }]);
    seen.add(id);
    return { id, body };
  });
  const decide = (view: DefinitionsView): Promise<readonly WantedChange[]> =>
    eachElement(elements, (element) => wantedApp(deps, view, { ...element, partialUpdate, mustExist }));
  return startDeployment(deps, update, { decide, group: ROOT_ID }, (done) => deploymentAnswer(done));
}

/** `PUT /v2/apps`: all elements in one deployment. */
export function putApps(
  deps: ApiDeps,
  request: ApiRequest,
  asked: Starting & { readonly partialUpdate: boolean },
): Promise<ApiResponse> {
  return updateApps(deps, request, { ...asked, mustExist: false });
}

/** `PATCH /v2/apps`: the same, for apps that exist. */
export function patchApps(deps: ApiDeps, request: ApiRequest, asked: Starting): Promise<ApiResponse> {
  return updateApps(deps, request, { ...asked, partialUpdate: true, mustExist: true });
}
