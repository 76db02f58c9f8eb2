import * as z from 'zod';
import { AwsError, LOCAL_ACCOUNT } from '../endpoint/aws-service.ts';
import { type Ec2Host, ipAddressOf } from './ec2-host.ts';
import { applyFilters, type FilterFields, filtersInput } from './filters.ts';
import { type Ec2Context, operation } from './operation.ts';
import { pageInput, refuseIdsWithPage, takePage } from './paging.ts';
import { viewTagSet } from './tags-input.ts';

const STATE_CODES = { running: 16, terminated: 48, stopped: 80 } as const;

const FIELDS: FilterFields<Ec2Host> = {
  'availability-zone': (host) => host.zone,
  'instance-id': (host) => host.instanceId,
  'instance-state-code': (host) => String(STATE_CODES[host.state]),
  'instance-state-name': (host) => host.state,
  'instance-type': (host) => host.instanceType,
  'private-dns-name': (host) => host.host,
  'private-ip-address': ipAddressOf,
  'subnet-id': (host) => host.subnetId,
  'vpc-id': (host) => host.vpcId,
};

export const describeInstancesOperations = {
  DescribeInstances: operation(
    'DescribeInstances',
    z.strictObject({ InstanceId: z.array(z.string()).max(1000).optional(), Filter: filtersInput, ...pageInput(1000) }),
    ({ InstanceId: ids, Filter, ...request }, context) => {
      refuseIdsWithPage('instancesSet', ids, request);
      const asked = ids === undefined ? context.hosts : pick(context.hosts, ids);
      const { page, nextToken } = takePage(applyFilters(asked, Filter, FIELDS), (host) => host.instanceId, request);
      return { reservationSet: page.map((host) => reservationOf(host, context)), nextToken };
    },
  ),
};

function pick(hosts: readonly Ec2Host[], ids: readonly string[]): Ec2Host[] {
  const malformed = ids.find((id) => !/^i-[0-9a-f]{8,17}$/.test(id));
  if (malformed !== undefined) throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
  const found = hosts.filter((host) => ids.includes(host.instanceId));
  const missing = ids.filter((id) => !found.some((host) => host.instanceId === id));
  if (missing.length === 1) {
    throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${missing[0]}' does not exist`);
  }
  if (missing.length > 1) {
    throw new AwsError('InvalidInstanceID.NotFound', `The instance IDs '${missing.join(', ')}' do not exist`);
  }
  return found;
}

function reservationOf(host: Ec2Host, { disks }: Ec2Context): unknown {
  const attached = [...disks.state.volumes.values()].filter((each) => each.attachment?.instanceId === host.instanceId);
  return {
    reservationId: `r-${host.instanceId.slice(2)}`,
    ownerId: LOCAL_ACCOUNT,
    groupSet: [],
    instancesSet: [
      {
        instanceId: host.instanceId,
        instanceType: host.instanceType,
        instanceState: { code: STATE_CODES[host.state], name: host.state },
        privateDnsName: host.host,
        privateIpAddress: ipAddressOf(host),
        launchTime: new Date(host.launchedAt),
        placement: { availabilityZone: host.zone, tenancy: 'default' },
        subnetId: host.subnetId,
        vpcId: host.vpcId,
        blockDeviceMapping: attached.flatMap(({ id, attachment }) =>
          attachment === undefined
            ? []
            : [
                {
                  deviceName: attachment.device,
                  ebs: {
                    volumeId: id,
                    status: attachment.state,
                    attachTime: new Date(attachment.at),
                    deleteOnTermination: false,
                  },
                },
              ],
        ),
        tagSet: viewTagSet(host.tags),
      },
    ],
  };
}
