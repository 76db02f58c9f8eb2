import { hasBecomeHealthy } from '../health/instance-health.ts';
import type { DeploymentAction } from '../model/deployment.ts';
import { type Instance, isScheduled } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { isActionDone } from './advance.ts';
import { hasLetGo } from './has-let-go.ts';

/** Instances that are named; of more there is the number. */
const NAMED = 3;

const STARTING: ReadonlySet<string> = new Set(['Provisioned', 'Staging', 'Starting']);

/** `1 instance … is`, `2 instances … are`. */
const say = (count: number, what: string, one: string, several: string): readonly string[] => {
  if (count === 0) return [];
  return [count === 1 ? `1 ${what.replace(/^(old )?instances/, '$1instance')} ${one}` : `${count} ${what} ${several}`];
};

function dying(instances: readonly Instance[], what: string, id: string): readonly string[] {
  if (instances.length > NAMED) return [`${instances.length} ${what}s of ${id} are being killed`];
  return instances.map((instance) => `${what} ${instance.id} is being killed`);
}

/** What keeps wanted instances from being as many, and as well, as they should be. */
function waitsForWanted(wanted: readonly Instance[], target: number, id: string): readonly string[] {
  const all = `of ${target} instances of ${id}`;
  const count = (isSo: (instance: Instance) => boolean) => wanted.filter(isSo).length;
  const running = wanted.filter(({ condition }) => condition === 'Running');
  const unwell = running.filter(({ health }) => health.some(({ firstSuccess }) => firstSuccess === undefined));
  const unready = running.filter((one) => !unwell.includes(one) && !hasBecomeHealthy(one));
  const starting = count(({ condition }) => STARTING.has(condition));
  const scheduled = count(isScheduled);
  const lost = count(({ condition }) => condition.startsWith('Unreachable'));
  const rest = wanted.length - running.length - starting - scheduled - lost;
  const explained = `: see /stride/v1/explain${id}`;
  return [
    ...say(scheduled, `instances of ${id}`, `waits for resources${explained}`, `wait for resources${explained}`),
    ...say(starting, all, 'is starting', 'are starting'),
    ...say(unwell.length, all, 'is not healthy', 'are not healthy'),
    ...say(unready.length, all, 'is not ready', 'are not ready'),
    ...say(lost, all, 'is out of reach', 'are out of reach'),
    ...say(rest, all, 'is ending', 'are ending'),
    ...say(Math.max(0, target - wanted.length), all, 'is not created yet', 'are not created yet'),
    ...say(Math.max(0, wanted.length - target), `instances of ${id}`, 'is too many', 'are too many'),
  ];
}

/** What an action of a deployment's present step waits for, in words; nothing when it is done. */
export function waitsFor(
  action: DeploymentAction,
  instances: readonly Instance[],
  spec: RunSpec | undefined,
): readonly string[] {
  if (isActionDone(action, instances, spec)) return [];
  const id = action.runSpec;
  const ending = instances.filter((one) => one.goal !== 'Running' && !hasLetGo(one));
  const wanted = instances.filter(({ goal }) => goal === 'Running');
  if (action.kind === 'scale') {
    const sentenced = new Set(action.kill);
    const kept = wanted.filter((one) => !sentenced.has(one.id));
    return [
      ...waitsForWanted(kept, action.to, id),
      ...say(wanted.length - kept.length, `instances of ${id}`, 'is to be killed', 'are to be killed'),
      ...dying(ending, 'instance', id),
    ];
  }
  if (action.kind === 'restart' && spec !== undefined) {
    const isNew = ({ runSpecVersion }: Instance): boolean => runSpecVersion === spec.version;
    const old = wanted.filter((one) => !isNew(one));
    return [
      ...waitsForWanted(wanted.filter(isNew), spec.instances, id),
      ...say(old.length, `old instances of ${id}`, 'is still wanted', 'are still wanted'),
      ...dying(
        ending.filter((one) => !isNew(one)),
        'old instance',
        id,
      ),
    ];
  }
  const left = instances.filter((one) => one.goal !== 'Decommissioned');
  return [
    ...say(left.length, `instances of ${id}`, 'is to be killed', 'are to be killed'),
    ...dying(
      ending.filter(({ goal }) => goal === 'Decommissioned'),
      'instance',
      id,
    ),
  ];
}
