import { isRestarted, proposeRestart } from '../../../lib/deployment/restart.ts';
import { type InstanceId, toInstanceId } from '../../../lib/model/ids.ts';
import { type Instance, isTerminal } from '../../../lib/model/instance.ts';
import type { RunSpec } from '../../../lib/model/run-spec.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';

const OLD_VERSION = toTimestamp(EPOCH - 60_000);

/** An instance of the version before. */
export function anOldInstance(number: number, fields: Partial<Instance> = {}): Instance {
  return anInstance({
    id: toInstanceId(anInstance().runSpec, `old-${number}`),
    runSpecVersion: OLD_VERSION,
    configVersion: OLD_VERSION,
    ...fields,
  });
}

/** What a decision did. */
export interface Turn {
  readonly killed: readonly InstanceId[];
  readonly launched: number;
}

/** A run spec during a rolling replacement: `decide` asks and carries out; everything else is what the world does. */
export function createRollingWorld(spec: RunSpec, start: readonly Instance[]) {
  let instances = start;
  let made = 0;

  const change = (id: InstanceId, fields: Partial<Instance>): void => {
    instances = instances.map((instance) => (instance.id === id ? { ...instance, ...fields } : instance));
  };

  return {
    all: (): readonly Instance[] => instances,
    isDone: (): boolean => isRestarted(instances, spec),
    decide(): Turn {
      const { create, decommission } = proposeRestart(instances, spec);
      for (const id of decommission) change(id, { goal: 'Decommissioned' });
      for (let count = 0; count < create; count += 1) {
        made += 1;
        const fresh = aScheduledInstance({
          id: toInstanceId(spec.id, `new-${made}`),
          runSpecVersion: spec.version,
          configVersion: spec.versionInfo.lastConfigChangeAt,
        });
        instances = [...instances, fresh];
      }
      return { killed: decommission, launched: create };
    },
    /** Its task runs. */
    run: (id: InstanceId): void => change(id, { condition: 'Running' }),
    /** Its task ends by itself; wanted, it waits for its next launch. */
    fail: (id: InstanceId): void => change(id, { condition: 'Failed' }),
    reschedule: (id: InstanceId): void => change(id, { condition: 'Scheduled' }),
    /** Everything that is no longer wanted has ended, and its records go. */
    bury(): number {
      const left = instances.filter(({ goal, condition }) => goal === 'Running' || condition === 'Unreachable');
      const buried = instances.length - left.length;
      instances = left;
      return buried;
    },
    waiting: (): readonly Instance[] =>
      instances.filter(
        ({ goal, condition }) => goal === 'Running' && (condition === 'Scheduled' || isTerminal(condition)),
      ),
  };
}
