import * as z from 'zod';
import type { Volume } from '../ebs/disk-entities.ts';
import { AwsError } from '../endpoint/aws-service.ts';
import { ATTACHMENT_SLOTS } from './instance-types.ts';
import { type Ec2Context, findHost, findVolume, flagInput, invalidValue, operation } from './operation.ts';
import { viewAttachment } from './volume-view.ts';

/** Names that EC2 takes on Linux; the first letter is the root volume's. */
const DEVICE = /^(\/dev\/)?(sd[a-z]([1-9]|1[0-5])?|xvd[a-z]{1,2})$/;
const ROOT_DEVICES = ['sda', 'sda1', 'xvda'];

/** The instance's own network interface and its root volume take a slot each. */
const DATA_SLOTS = ATTACHMENT_SLOTS - 2;

/** Neither call has a token: repeated, they answer VolumeInUse and IncorrectState (aws.md §3.1). */
export const attachVolumeOperations = {
  AttachVolume: operation(
    'AttachVolume',
    z.strictObject({ Device: z.string(), InstanceId: z.string(), VolumeId: z.string() }),
    ({ Device: device, InstanceId, VolumeId }, context) => {
      const { disks } = context;
      const volume = findVolume(context, VolumeId);
      const host = findHost(context, InstanceId);
      if (host.state === 'terminated') throw incorrectState(`Instance '${InstanceId}' is not 'running'.`);
      refuseState(volume);
      if (volume.zone !== host.zone) {
        throw new AwsError(
          'InvalidVolume.ZoneMismatch',
          `The volume '${VolumeId}' is not in the same availability zone as instance '${InstanceId}'`,
        );
      }
      refuseDevice(context, InstanceId, device);
      const at = disks.now();
      const due = at + disks.delays.attach;
      const attached: Volume = {
        ...volume,
        state: 'in-use',
        attachment: { instanceId: InstanceId, device, state: 'attaching', at, due },
      };
      disks.state.volumes.put(attached);
      return viewAttachment(attached);
    },
  ),
  DetachVolume: operation(
    'DetachVolume',
    z.strictObject({
      VolumeId: z.string(),
      InstanceId: z.string().optional(),
      Device: z.string().optional(),
      Force: flagInput.default(false),
    }),
    ({ VolumeId, InstanceId, Device, Force }, context) => {
      const { disks } = context;
      const volume = findVolume(context, VolumeId);
      const { attachment } = volume;
      if (attachment === undefined) throw incorrectState(`Volume '${VolumeId}' is in the '${volume.state}' state.`);
      if (InstanceId !== undefined) findHost(context, InstanceId);
      const elsewhere = InstanceId !== undefined && InstanceId !== attachment.instanceId;
      if (elsewhere || (Device !== undefined && Device !== attachment.device)) {
        throw new AwsError(
          'InvalidAttachment.NotFound',
          `The volume '${VolumeId}' is attached to '${attachment.instanceId}' as '${attachment.device}'`,
        );
      }
      if (attachment.state === 'detaching' && !Force) {
        throw incorrectState(`Volume '${VolumeId}' is in the 'detaching' state.`);
      }
      // By force nobody is asked: it is gone at once.
      const due = disks.now() + (Force ? 0 : disks.delays.detach);
      const detaching: Volume = { ...volume, attachment: { ...attachment, state: 'detaching', due } };
      disks.state.volumes.put(detaching);
      return viewAttachment(detaching);
    },
  ),
};

function incorrectState(message: string): AwsError {
  return new AwsError('IncorrectState', message);
}

function refuseState({ id, state }: Volume): void {
  if (state === 'in-use') throw new AwsError('VolumeInUse', `${id} is already attached to an instance`);
  if (state !== 'available') throw incorrectState(`${id} is not 'available'.`);
}

function refuseDevice({ disks }: Ec2Context, instanceId: string, device: string): void {
  if (!DEVICE.test(device)) {
    throw invalidValue(`Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`);
  }
  const taken = [...disks.state.volumes.values()].flatMap(({ attachment }) =>
    attachment?.instanceId === instanceId ? [attachment.device] : [],
  );
  if ([...taken.map(shortName), ...ROOT_DEVICES].includes(shortName(device))) {
    throw invalidValue(`Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`);
  }
  if (taken.length < DATA_SLOTS) return;
  throw new AwsError(
    'AttachmentLimitExceeded',
    `${instanceId} has ${taken.length} volumes beside its root volume; its type takes no more`,
  );
}

function shortName(device: string): string {
  return device.replace(/^\/dev\//, '');
}
