import { judgeHealth } from '../../lib/health/judge-health.ts';
import type { InstanceId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { PassDeps } from './deps.ts';
import { earliest } from './outlook.ts';
import { readableSpecs } from './readable-specs.ts';

/** Instances to kill for their health, each with the cause of its last failure. */
export interface Unwell {
  readonly kill: ReadonlyMap<InstanceId, string>;
  /** When the next one is due, if nothing changes. */
  readonly dueAt: Instant | undefined;
}

const mayBeUnwell = ({ goal, condition, health, unhealthy }: Instance): boolean =>
  goal === 'Running' &&
  condition === 'Running' &&
  unhealthy === undefined &&
  health.some(({ consecutiveFailures }) => consecutiveFailures > 0);

/** Judges each instance by the checks of the definition that it runs, which may be an older one than the present. */
export async function findUnwell(
  { state, clock }: Pick<PassDeps, 'state' | 'clock'>,
  instances: readonly Instance[],
): Promise<Unwell> {
  const suspects = instances.filter(mayBeUnwell);
  const kill = new Map<InstanceId, string>();
  let dueAt: Instant | undefined;
  if (suspects.length === 0) return { kill, dueAt };
  const hashes = suspects.map(({ runSpecHash }) => runSpecHash);
  const specs = await readableSpecs(state, hashes);
  for (const suspect of suspects) {
    const spec = specs.get(suspect.runSpecHash)?.spec;
    const verdict = judgeHealth(suspect, spec?.kind === 'app' ? spec.healthChecks : [], clock.now());
    if (verdict.kind === 'kill') kill.set(suspect.id, verdict.reason);
    if (verdict.kind === 'later') dueAt = earliest(dueAt, verdict.at);
  }
  return { kill, dueAt };
}
