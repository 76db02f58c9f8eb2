import type { LinuxInfo } from '../model/pod.ts';
import type { UnreachableStrategy, UpgradeStrategy } from '../model/run-spec.ts';
import type { ResourceLimits } from '../model/spec-values.ts';
import { given } from './given.ts';
import type { LinuxInfoInput } from './wire/linux-info.ts';

/** Limits as they were read. Texts other than `unlimited` are refused by the rules. */
interface LimitsInput {
  readonly cpus: number | string | undefined;
  readonly mem: number | string | undefined;
}

/** `resourceLimits` in canonical form; absent ones left out. */
export function normalizeLimits({ cpus, mem }: LimitsInput): ResourceLimits {
  const toLimit = (limit: number | string | undefined): number | 'unlimited' | undefined =>
    typeof limit === 'string' ? 'unlimited' : limit;
  return given({ cpus: toLimit(cpus), mem: toLimit(mem) });
}

/** `linuxInfo` in canonical form; absent parts left out. */
export function normalizeLinuxInfo({ seccomp, ipcInfo }: LinuxInfoInput): LinuxInfo {
  return given({
    seccomp: seccomp === undefined ? undefined : given(seccomp),
    ipcInfo: ipcInfo === undefined ? undefined : given(ipcInfo),
  });
}

/** @param bound disks are in one place only, so that there is no room for more instances than wanted */
export function normalizeUpgradeStrategy(strategy: UpgradeStrategy | undefined, bound: boolean): UpgradeStrategy {
  if (strategy !== undefined) return strategy;
  return bound
    ? { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 }
    : { minimumHealthCapacity: 1, maximumOverCapacity: 1 };
}

/** Any text means disabled, as in Marathon. @param resident has persistent volumes: its instances are waited for */
export function normalizeUnreachableStrategy(
  strategy: string | Exclude<UnreachableStrategy, string> | undefined,
  resident: boolean,
): UnreachableStrategy {
  if (strategy === undefined) return resident ? 'disabled' : { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 };
  return typeof strategy === 'string' ? 'disabled' : strategy;
}
