import type { Volume } from '../ebs/disk-entities.ts';
import { viewTagSet } from './tags-input.ts';

/** A volume as CreateVolume and DescribeVolumes show it. */
export function viewVolume(volume: Volume): Readonly<Record<string, unknown>> {
  return {
    volumeId: volume.id,
    size: volume.size,
    snapshotId: volume.snapshotId ?? '',
    availabilityZone: volume.zone,
    status: volume.state,
    createTime: new Date(volume.createdAt),
    attachmentSet: volume.attachment === undefined ? [] : [viewAttachment(volume)],
    tagSet: viewTagSet(volume.tags),
    volumeType: volume.type,
    iops: volume.iops,
    throughput: volume.throughput,
    volumeInitializationRate: volume.initializationRate,
    encrypted: volume.encrypted,
    kmsKeyId: volume.kmsKeyId,
    multiAttachEnabled: false,
  };
}

/** Where a volume is attached; undefined members when it is not. */
export function viewAttachment({ id, attachment }: Volume): Readonly<Record<string, unknown>> {
  return {
    volumeId: id,
    instanceId: attachment?.instanceId,
    device: attachment?.device,
    status: attachment?.state,
    attachTime: attachment && new Date(attachment.at),
    deleteOnTermination: false,
  };
}
