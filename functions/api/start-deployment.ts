import type { PlannedChange } from '../../lib/deployment/plan-change.ts';
import { type ChangeRequest, commitChange } from '../runtime/definitions/commit-change.ts';
import type { Deadlined } from './deployment-deadline.ts';
import type { ApiDeps } from './deps.ts';
import type { ApiResponse } from './http.ts';
import { rehearseDeployment } from './rehearse-deployment.ts';

/** How a deployment is to be started, or only rehearsed. */
export interface Starting extends Deadlined {
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** What is to be changed, and what is told of it. */
export type StartedChange = Omit<ChangeRequest, keyof Starting>;

/** Commits a change and answers it, or with `dryRun` answers what it would do. */
export async function startDeployment(
  deps: ApiDeps,
  { force, deadline, dryRun }: Starting,
  change: StartedChange,
  answer: (done: PlannedChange) => ApiResponse,
): Promise<ApiResponse> {
  if (dryRun) return { status: 200, json: await rehearseDeployment(deps, change.decide) };
  return answer(await commitChange(deps, { ...change, force, deadline }));
}
