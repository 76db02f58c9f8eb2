import { describe, expect, it } from 'vitest';
import { isActionDone } from '../../../lib/deployment/advance.ts';
import { isRestarted, proposeRestart } from '../../../lib/deployment/restart.ts';
import { NO_RESULT } from '../../../lib/health/check-state.ts';
import type { DeploymentAction } from '../../../lib/model/deployment.ts';
import type { HealthState, Instance } from '../../../lib/model/instance.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';
import { anOldInstance } from './rolling-world.ts';

const alive: HealthState = { alive: true, consecutiveFailures: 0, firstSuccess: EPOCH, lastSuccess: EPOCH };
const failing: HealthState = { ...alive, alive: false, consecutiveFailures: 1, lastFailure: EPOCH };
const ready = { name: 'ready', ready: true };
const notReady = { name: 'ready', ready: false };

/** Health and readiness of a new instance, and whether a deployment waits for more (deployments.md §4.3). */
const GATES: readonly (readonly [string, Partial<Instance>, boolean])[] = [
  ['without checks', {}, true],
  ['without a result yet', { health: [NO_RESULT] }, false],
  ['healthy', { health: [alive] }, true],
  ['healthy once, and not any more', { health: [failing] }, true],
  ['with one check of two passed', { health: [alive, NO_RESULT] }, false],
  ['not ready', { readiness: [notReady] }, false],
  ['ready', { readiness: [ready] }, true],
  ['healthy and not ready', { health: [alive], readiness: [notReady] }, false],
  ['healthy and ready', { health: [alive], readiness: [ready] }, true],
  ['healthy and being killed', { health: [alive], condition: 'Killing' }, false],
];

describe('what a deployment waits for', () => {
  const scale: DeploymentAction = { kind: 'scale', runSpec: anApp().id, to: 1 };

  it.each(GATES)('an instance %s', (_, fields, isDone) => {
    const instance = anInstance(fields);
    expect(isActionDone(scale, [instance], anApp())).toBe(isDone);
    expect(isRestarted([instance], anApp())).toBe(isDone);
  });
});

describe('a rolling replacement', () => {
  const spec = anApp({ instances: 2, upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 } });
  const fresh = (number: number, fields: Partial<Instance>): Instance =>
    anInstance({ id: anOldInstance(number).id, ...fields });
  const old = [anOldInstance(1, { health: [alive] }), anOldInstance(2, { health: [alive] })];

  it.each([
    ['without a result pays for no old one', [NO_RESULT], 0],
    ['that is healthy pays for one', [alive], 1],
    ['that is not healthy any more pays for none', [failing], 0],
  ])('a new instance %s', (_, health, kills) => {
    const there = [...old, fresh(3, { health }), fresh(4, { health: [NO_RESULT] })];
    expect(proposeRestart(there, spec)).toMatchObject({ create: 0, decommission: { length: kills } });
  });

  it('an old instance that is not healthy goes first', () => {
    const [first, second] = [anOldInstance(1, { health: [alive] }), anOldInstance(2, { health: [failing] })];
    const there = [first, second, fresh(3, { health: [alive] }), fresh(4, { health: [NO_RESULT] })];
    expect(proposeRestart(there, spec).decommission).toEqual([second.id]);
  });
});
