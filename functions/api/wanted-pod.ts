import type { WantedChange } from '../../lib/deployment/plan-change.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { PodDefinition } from '../../lib/model/run-spec.ts';
import { given } from '../../lib/schema/given.ts';
import { parsePod } from '../../lib/schema/pod/parse-pod.ts';
import type { DefinitionsView } from '../runtime/definitions/definitions-view.ts';
import { accepted } from './accepted.ts';
import type { ApiDeps } from './deps.ts';

/** The change that a body asks for. `id`: the path's, which the body must repeat. Throws what it is refused with. */
export async function wantedPod(
  deps: ApiDeps,
  view: DefinitionsView,
  body: unknown,
  id?: PathId,
): Promise<WantedChange & { readonly after: PodDefinition }> {
  const before = id === undefined ? undefined : await view.findPod(id);
  const { pod } = accepted(
    parsePod(body, {
      config: deps.config,
      enforcesRole: view.enforcesRole,
      ...given({ id, existingRole: before?.spec.role }),
    }),
  );
  return { id: pod.id, after: pod, ...given({ before }) };
}
