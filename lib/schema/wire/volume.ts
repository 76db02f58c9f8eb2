import * as z from 'zod';
import { CSI_ACCESS_MODES } from '../../model/app-volume.ts';
import { defaulted, int64, labels, nonEmptyText, oneOf, optional } from './fields.ts';
import { environmentValue } from './secrets.ts';

const containerPath = nonEmptyText.describe('Where it is mounted in the container.');
const mode = oneOf('RO', 'RW').describe('Read only, or read and write.');

/** Of a volume that stays when its task ends. */
export const persistent = z.object({
  type: optional(oneOf('root', 'path', 'mount')).describe('Kind of disk; by default root, or mount with a profile.'),
  size: int64.min(0).describe('Size in MiB.'),
  maxSize: optional(int64.min(0)).describe('For mount disks: the largest that is taken, in MiB.'),
  profileName: optional(z.string()).describe('Profile of the disk, for those made on demand.'),
  constraints: defaulted(z.array(z.array(z.string())), []).describe(
    '["path", "LIKE" or "UNLIKE", regular expression].',
  ),
});

/** Any provider but `csi`: the rules judge it. */
const dvdi = z.object({
  name: optional(z.string()).describe('Name of the volume.'),
  provider: optional(z.string().refine((provider) => provider !== 'csi')).describe('dvdi.'),
  size: optional(int64.min(0)).describe('Size in GiB.'),
  options: defaulted(labels, {}).describe('Options of the driver; dvdi/driver names it.'),
  shared: defaulted(z.boolean(), false).describe('Whether other apps may use the volume too.'),
});

const csi = z.object({
  name: z.string().describe('Id of the volume at its plugin.'),
  provider: z.literal('csi'),
  options: z.object({
    pluginName: nonEmptyText.describe('Name of the CSI plugin.'),
    capability: z
      .object({
        accessMode: oneOf(...CSI_ACCESS_MODES).describe('Who may read and write at once.'),
        accessType: oneOf('block', 'mount').describe('As a file system (mount) or as a device (block).'),
        fsType: optional(z.string()).describe('File system, for mount.'),
        mountFlags: defaulted(z.array(z.string()), []).describe('Flags of the mount.'),
      })
      .describe('How the volume is used.'),
    nodeStageSecret: defaulted(z.record(z.string(), environmentValue), {}).describe('Secrets for staging.'),
    nodePublishSecret: defaulted(z.record(z.string(), environmentValue), {}).describe('Secrets for publishing.'),
    volumeContext: defaulted(labels, {}).describe('Context passed on to the plugin.'),
  }),
});

/** Tried in Marathon's order, which reports the last alternative's errors only. */
export const volume = z.union([
  z.object({ containerPath, mode, persistent: persistent.describe('A disk that stays when the task ends.') }),
  z.object({ containerPath, mode, external: z.union([csi, dvdi]).describe('A disk with a name, from a provider.') }),
  z.object({ containerPath, secret: z.string().describe('Name of the secret to mount as a file.') }),
  z.object({ containerPath, hostPath: nonEmptyText.describe('Path on the agent.'), mode }),
]);
export type VolumeInput = z.output<typeof volume>;
export interface DvdiInput extends Omit<Extract<VolumeInput, { external: unknown }>, 'external'> {
  external: z.output<typeof dvdi>;
}
