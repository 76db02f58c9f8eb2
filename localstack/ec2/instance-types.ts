import * as z from 'zod';
import { AwsError } from '../endpoint/aws-service.ts';
import type { Ec2Host } from './ec2-host.ts';
import { operation } from './operation.ts';
import { pageInput, refuseIdsWithPage, takePage } from './paging.ts';

/** Slots that volumes and network interfaces of an instance share, as on most types (aws.md §3.1). */
export const ATTACHMENT_SLOTS = 28;

/** Interfaces of a local machine: its own and three for tasks. */
const NETWORK_INTERFACES = 4;

/** The types of the machines there are: `local.4cpu` has 4 vCPUs; memory is that of the first machine of the type. */
export const instanceTypeOperations = {
  DescribeInstanceTypes: operation(
    'DescribeInstanceTypes',
    z.strictObject({ InstanceType: z.array(z.string()).max(100).optional(), ...pageInput(100) }),
    ({ InstanceType: wanted, ...request }, { hosts }) => {
      refuseIdsWithPage('instanceTypes', wanted, request);
      const types = new Map(hosts.toReversed().map((host) => [host.instanceType, host]));
      const unknown = wanted?.filter((type) => !types.has(type)) ?? [];
      if (unknown.length > 0) {
        throw new AwsError(
          'InvalidInstanceType',
          `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
        );
      }
      const asked = [...types.values()].filter((host) => wanted === undefined || wanted.includes(host.instanceType));
      const { page, nextToken } = takePage(asked, (host) => host.instanceType, request);
      return { instanceTypeSet: page.map(viewInstanceType), nextToken };
    },
  ),
};

function viewInstanceType({ instanceType, vcpus, memoryMiB }: Ec2Host): unknown {
  return {
    instanceType,
    currentGeneration: true,
    freeTierEligible: false,
    bareMetal: false,
    hypervisor: 'nitro',
    instanceStorageSupported: false,
    supportedUsageClasses: ['on-demand'],
    processorInfo: { supportedArchitectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'] },
    vCpuInfo: { defaultVCpus: vcpus },
    memoryInfo: { sizeInMiB: memoryMiB },
    networkInfo: { maximumNetworkInterfaces: NETWORK_INTERFACES },
    ebsInfo: {
      ebsOptimizedSupport: 'default',
      encryptionSupport: 'supported',
      nvmeSupport: 'required',
      maximumEbsAttachments: ATTACHMENT_SLOTS,
      attachmentLimitType: 'shared',
    },
  };
}
