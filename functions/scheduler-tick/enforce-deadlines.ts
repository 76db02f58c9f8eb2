import { judgeDeadlines, type OverdueDeployment } from '../../lib/deployment/deadline.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import { StoreUnavailable } from '../../lib/gateways/store.ts';
import { cancelDeployment, rollBackDeployment } from '../runtime/definitions/end-deployment.ts';
import type { TickDeps } from './deps.ts';
import type { Outlook } from './outlook.ts';
import type { Snapshot } from './snapshot.ts';

/** Ended by somebody else meanwhile, or too many wrote at the same time: the next pass looks again. */
const comesToNothing = (error: unknown): boolean =>
  error instanceof AppError && (error.status === 404 || error.status >= 500);

/** Undoes a deployment; one that cannot be undone is ended where it is, since it would wait for ever. */
async function rollBack(deps: TickDeps, { id, step }: OverdueDeployment, reason: string): Promise<void> {
  try {
    await rollBackDeployment(deps, id, { step, reason: `${reason}: it is rolled back` });
  } catch (error) {
    if (error instanceof StoreUnavailable || comesToNothing(error)) throw error;
    deps.log.error('deployment cannot be rolled back', error, { deployment: id });
    const cause = error instanceof AppError ? error.message : 'what it replaced cannot be read';
    await cancelDeployment(deps, id, { step, reason: `${reason}, and it cannot be rolled back: ${cause}` });
  }
}

async function end(deps: TickDeps, overdue: OverdueDeployment): Promise<void> {
  const { id, deadline, step } = overdue;
  const reason = `The deployment was not done after ${deadline.seconds} seconds, its deadline`;
  deps.log.info('deployment past its deadline', { deployment: id, ...deadline });
  try {
    await (deadline.action === 'rollback'
      ? rollBack(deps, overdue, reason)
      : cancelDeployment(deps, id, { step, reason }));
  } catch (error) {
    if (!comesToNothing(error)) throw error;
  }
}

/** Ends the deployments that are past their deadlines, one after another: each is a swap of the root. */
export async function enforceDeadlines(deps: TickDeps, { deployments }: Snapshot): Promise<Outlook> {
  const { overdue, dueAt } = judgeDeadlines(deployments, deps.clock.now());
  for (const one of overdue) await end(deps, one);
  return { moved: overdue.length > 0, dueAt };
}
