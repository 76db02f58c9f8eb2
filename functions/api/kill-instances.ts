import pMap from 'p-map';
import { killedPartly } from '../../lib/errors/catalogue.ts';
import { reduceInstance } from '../../lib/instance/reduce-instance.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { ApiDeps } from './deps.ts';

/** Instances change with every event of their task; a lost race is a fresh read. */
const ATTEMPTS = 8;
const WRITES_AT_ONCE = 32;

/** Sets one goal, whatever else happens to the instance meanwhile. False: other writers were first too often. */
async function letGo({ state, clock }: ApiDeps, { runSpec, id }: Instance): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await state.instances.get({ runSpec, id });
    if (stored === undefined) return true;
    const effect = reduceInstance(stored.value, { kind: 'setGoal', goal: 'Decommissioned' }, clock.now());
    if (effect.kind === 'noop') return true;
    const outbox = { events: effect.events, dirty: [runSpec], wake: true };
    if (await state.instances.replace(effect.instance, stored.rev, outbox)) return true;
  }
  return false;
}

/**
 * Gives up instances: a goal for each, under its own condition; the tick stops their tasks and makes new instances where
 * the definition wants them. Throws 503 when some could not be written; repeating it is safe.
 */
export async function killInstances(deps: ApiDeps, instances: readonly Instance[]): Promise<void> {
  const done = await pMap(instances, (instance) => letGo(deps, instance), { concurrency: WRITES_AT_ONCE });
  const left = done.filter((one) => !one).length;
  if (left > 0) throw killedPartly(left);
}
