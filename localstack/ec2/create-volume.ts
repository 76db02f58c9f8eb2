import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Volume } from '../ebs/disk-entities.ts';
import { newDiskId } from '../ebs/disks.ts';
import { AwsError } from '../endpoint/aws-service.ts';
import {
  type Ec2Context,
  findSnapshot,
  findVolume,
  flagInput,
  invalidValue,
  numberInput,
  operation,
} from './operation.ts';
import { tagSpecificationsInput, tagsOfSpecifications } from './tags-input.ts';
import { performanceOf } from './volume-types.ts';
import { viewVolume } from './volume-view.ts';

const createVolumeInput = z.strictObject({
  AvailabilityZone: z.string(),
  Size: numberInput.optional(),
  SnapshotId: z.string().optional(),
  VolumeType: z.string().default('gp2'),
  Iops: numberInput.optional(),
  Throughput: numberInput.optional(),
  VolumeInitializationRate: numberInput.refine((rate) => rate >= 100 && rate <= 300, 'must be 100-300').optional(),
  Encrypted: flagInput.optional(),
  KmsKeyId: z.string().optional(),
  TagSpecification: tagSpecificationsInput,
  ClientToken: z.string().max(64).optional(),
});

type CreateVolumeInput = z.infer<typeof createVolumeInput>;

/** With a client token the same call gives the same volume. */
export const createVolumeOperations = {
  CreateVolume: operation('CreateVolume', createVolumeInput, (input, context) => {
    const { ClientToken: token, ...rest } = input;
    const { clientTokens } = context.disks.state;
    const id = `CreateVolume ${token}`;
    const request = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
    const former = token === undefined ? undefined : clientTokens.get(id);
    if (former === undefined) {
      const volume = create(rest, context);
      if (token !== undefined) clientTokens.put({ id, request, resourceId: volume.id });
      return viewVolume(volume);
    }
    if (former.request === request) return viewVolume(findVolume(context, former.resourceId));
    throw new AwsError(
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    );
  }),
};

function create(input: Omit<CreateVolumeInput, 'ClientToken'>, context: Ec2Context): Volume {
  const { disks, hosts } = context;
  const { AvailabilityZone: zone, VolumeType: type, SnapshotId: snapshotId } = input;
  if (!hosts.some((host) => host.zone === zone)) {
    throw new AwsError('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
  }
  const snapshot = snapshotId === undefined ? undefined : findSnapshot(context, snapshotId);
  if (snapshot !== undefined && snapshot.state !== 'completed') {
    throw new AwsError('IncorrectState', `Snapshot is in invalid state - ${snapshot.state}`);
  }
  const size = input.Size ?? snapshot?.size;
  if (size === undefined)
    throw new AwsError('MissingParameter', 'The request must contain the parameter size/snapshot');
  if (snapshot !== undefined && size < snapshot.size) {
    throw invalidValue(`Volume size (${size}GiB) must be at least that of the snapshot (${snapshot.size}GiB).`);
  }
  if (input.VolumeInitializationRate !== undefined && snapshot === undefined) {
    throw new AwsError('InvalidParameterCombination', 'VolumeInitializationRate is only for volumes from a snapshot.');
  }
  if (input.KmsKeyId !== undefined && input.Encrypted !== true) {
    throw new AwsError(
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    );
  }
  const now = disks.now();
  const volume: Volume = {
    id: newDiskId('vol'),
    state: 'creating',
    due: now + disks.delays.create,
    zone,
    size,
    type,
    ...performanceOf(type, size, { iops: input.Iops, throughput: input.Throughput }),
    initializationRate: input.VolumeInitializationRate,
    encrypted: input.Encrypted ?? snapshot?.encrypted ?? false,
    kmsKeyId: input.KmsKeyId ?? snapshot?.kmsKeyId,
    snapshotId,
    createdAt: now,
    tags: { ...tagsOfSpecifications(input.TagSpecification, 'volume') },
  };
  disks.state.volumes.put(volume);
  return volume;
}
