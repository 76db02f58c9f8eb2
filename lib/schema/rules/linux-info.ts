import { unless, type Violation } from './violation.ts';

/** As it was given, or in canonical form. */
interface LinuxInfoLike {
  readonly seccomp?: { readonly profileName?: string | undefined; readonly unconfined: boolean } | undefined;
  readonly ipcInfo?: { readonly mode: string; readonly shmSize?: number | undefined } | undefined;
}

/** Rules on `linuxInfo` (app-model.md §7); `path` leads to it. */
export function linuxInfoViolations(info: LinuxInfoLike | undefined, path: string): readonly Violation[] {
  const { seccomp, ipcInfo } = info ?? {};
  return [
    ...unless(
      seccomp?.profileName === undefined || !seccomp.unconfined,
      `${path}/seccomp`,
      'Seccomp unconfined can NOT be true when Profile is defined',
    ),
    ...unless(
      seccomp === undefined || seccomp.profileName !== undefined || seccomp.unconfined,
      `${path}/seccomp`,
      'Seccomp unconfined must be true when Profile is NOT defined',
    ),
    ...unless(
      ipcInfo?.mode !== 'SHARE_PARENT' || ipcInfo.shmSize === undefined,
      `${path}/ipcInfo`,
      'ipcInfo shmSize can NOT be set when mode is SHARE_PARENT',
    ),
  ];
}
