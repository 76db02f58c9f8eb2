import type { ContainerHandle } from '../runtime/container-runtime.ts';
import { afterProbe, type HealthState, UNDETERMINED } from './container-health.ts';
import type { HealthCheck } from './entities.ts';

/**
 * Probes a container just started until it ends: the first time after one interval, then an interval after each
 * probe's end, as Docker does. `report` hears each change of its health.
 */
export function watchHealth(
  handle: ContainerHandle,
  check: HealthCheck,
  report: (status: 'HEALTHY' | 'UNHEALTHY') => void,
): void {
  const startedAt = performance.now();
  let health: HealthState = UNDETERMINED;
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const probe = async () => {
    const sinceStartMs = performance.now() - startedAt;
    const exitCode = await handle.exec(commandOf(check), check.timeout * 1000);
    if (over) return;
    const after = afterProbe(health, { passed: exitCode === 0, sinceStartMs }, check);
    if (after.status !== undefined && after.status !== health.status) report(after.status);
    health = after;
    timer = setTimeout(probe, check.interval * 1000);
  };
  timer = setTimeout(probe, check.interval * 1000);
  void handle.ended.then(() => {
    over = true;
    clearTimeout(timer);
  });
}

function commandOf({ command: [kind, ...words] }: HealthCheck): readonly string[] {
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words;
}
