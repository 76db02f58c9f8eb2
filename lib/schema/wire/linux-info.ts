import * as z from 'zod';
import { defaulted, int32, oneOf, optional } from './fields.ts';

/** Settings of the Mesos containerizer. */
export const linuxInfo = z.object({
  seccomp: optional(
    z.object({
      profileName: optional(z.string()).describe('Seccomp profile to run under.'),
      unconfined: defaulted(z.boolean(), false).describe('Run without a profile.'),
    }),
  ).describe('System calls that are allowed.'),
  ipcInfo: optional(
    z.object({
      mode: oneOf('PRIVATE', 'SHARE_PARENT').describe("IPC namespace: its own, or the parent container's."),
      shmSize: optional(int32.min(0)).describe('Size of /dev/shm in MiB.'),
    }),
  ).describe('Shared memory.'),
});
export type LinuxInfoInput = z.output<typeof linuxInfo>;
