import type { Disks } from '../ebs/disks.ts';
import { AwsError, type AwsService } from '../endpoint/aws-service.ts';
import { attachVolumeOperations } from './attach-volume.ts';
import { createVolumeOperations } from './create-volume.ts';
import { describeInstancesOperations } from './describe-instances.ts';
import type { Ec2Host } from './ec2-host.ts';
import { instanceTypeOperations } from './instance-types.ts';
import type { Operation } from './operation.ts';
import { snapshotOperations } from './snapshots.ts';
import { tagOperations } from './tags.ts';
import { volumeOperations } from './volumes.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...attachVolumeOperations,
  ...createVolumeOperations,
  ...describeInstancesOperations,
  ...instanceTypeOperations,
  ...snapshotOperations,
  ...tagOperations,
  ...volumeOperations,
};

export interface Ec2Deps {
  /** The machines at the moment of the call. */
  readonly hosts: () => readonly Ec2Host[];
  readonly disks: Disks;
}

/** EC2 of the local cloud: the machines below the agents, and their volumes and snapshots. */
export function createEc2({ hosts, disks }: Ec2Deps): AwsService {
  return {
    name: 'ec2',
    protocol: 'ec2Query',
    operations: Object.keys(OPERATIONS),
    async call({ operation, input }) {
      const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
      if (run === undefined) {
        const served = Object.keys(OPERATIONS).toSorted().join(', ');
        throw new AwsError('InvalidAction', `EC2 of the local cloud does not serve ${operation}; it serves ${served}`);
      }
      disks.settle();
      try {
        return await run(input, { hosts: hosts().map((host) => withOwnTags(host, disks)), disks });
      } finally {
        disks.settle();
      }
    },
  };
}

/** Tags that EC2 was told lie over those that the agents file gave. */
function withOwnTags(host: Ec2Host, { state }: Disks): Ec2Host {
  const own = state.instanceTags.get(host.instanceId);
  if (own === undefined) return host;
  const all = Object.entries({ ...host.tags, ...own.tags });
  return { ...host, tags: Object.fromEntries(all.flatMap(([key, value]) => (value === null ? [] : [[key, value]]))) };
}
