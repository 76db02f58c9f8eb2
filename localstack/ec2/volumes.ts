import * as z from 'zod';
import type { Volume } from '../ebs/disk-entities.ts';
import { AwsError } from '../endpoint/aws-service.ts';
import { applyFilters, type FilterFields, filtersInput } from './filters.ts';
import { findVolume, operation } from './operation.ts';
import { pageInput, refuseIdsWithPage, takePage } from './paging.ts';
import { viewVolume } from './volume-view.ts';

const FIELDS: FilterFields<Volume> = {
  'attachment.attach-time': ({ attachment }) => attachment && new Date(attachment.at).toISOString(),
  'attachment.delete-on-termination': ({ attachment }) => attachment && 'false',
  'attachment.device': ({ attachment }) => attachment?.device,
  'attachment.instance-id': ({ attachment }) => attachment?.instanceId,
  'attachment.status': ({ attachment }) => attachment?.state,
  'availability-zone': ({ zone }) => zone,
  'create-time': ({ createdAt }) => new Date(createdAt).toISOString(),
  encrypted: ({ encrypted }) => String(encrypted),
  'multi-attach-enabled': () => 'false',
  size: ({ size }) => String(size),
  'snapshot-id': ({ snapshotId }) => snapshotId,
  status: ({ state }) => state,
  'volume-id': ({ id }) => id,
  'volume-type': ({ type }) => type,
};

export const volumeOperations = {
  DescribeVolumes: operation(
    'DescribeVolumes',
    z.strictObject({ VolumeId: z.array(z.string()).optional(), Filter: filtersInput, ...pageInput(1000) }),
    ({ VolumeId: ids, Filter, ...request }, context) => {
      refuseIdsWithPage('volumesSet', ids, request);
      const asked = ids?.map((id) => findVolume(context, id)) ?? [...context.disks.state.volumes.values()];
      const { page, nextToken } = takePage(applyFilters(asked, Filter, FIELDS), (volume) => volume.id, request);
      return { volumeSet: page.map(viewVolume), nextToken };
    },
  ),
  DeleteVolume: operation('DeleteVolume', z.strictObject({ VolumeId: z.string() }), ({ VolumeId }, context) => {
    const { disks } = context;
    const volume = findVolume(context, VolumeId);
    if (volume.attachment !== undefined) {
      throw new AwsError('VolumeInUse', `Volume ${VolumeId} is currently attached to ${volume.attachment.instanceId}`);
    }
    if (volume.state !== 'available') {
      throw new AwsError('IncorrectState', `Volume '${VolumeId}' is in the '${volume.state}' state.`);
    }
    disks.state.volumes.put({ ...volume, state: 'deleting', due: disks.now() + disks.delays.delete });
    return { return: true };
  }),
};
