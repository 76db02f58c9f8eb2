import * as z from 'zod';
import { AwsError, type AwsService, LOCAL_ACCOUNT } from '../endpoint/aws-service.ts';
import { type Ec2Host, ipAddressOf } from './ec2-host.ts';
import { filterHosts, filtersInput } from './instance-filters.ts';

/** Names as in the EC2 API Reference; strict, so that a parameter without effect here is refused, not ignored. */
const describeInstancesInput = z.strictObject({
  InstanceId: z.array(z.string()).max(1000).optional(),
  Filter: filtersInput,
  MaxResults: z.coerce.number().int().min(5).max(1000).optional(),
  NextToken: z.string().optional(),
});

const STATE_CODES = { running: 16, terminated: 48, stopped: 80 } as const;

/** EC2 of the local cloud: DescribeInstances of the machines that `hosts` lists at the moment of the call. */
export function createEc2({ hosts }: { readonly hosts: () => readonly Ec2Host[] }): AwsService {
  return {
    name: 'ec2',
    protocol: 'ec2Query',
    operations: ['DescribeInstances'],
    async call({ operation, input }) {
      if (operation === 'DescribeInstances') return describeInstances(hosts(), input);
      throw new AwsError('InvalidAction', `EC2 of the local cloud serves DescribeInstances only, not ${operation}`);
    },
  };
}

function describeInstances(hosts: readonly Ec2Host[], input: unknown): unknown {
  const parsed = describeInstancesInput.safeParse(input);
  if (!parsed.success) {
    throw new AwsError('InvalidParameterValue', `DescribeInstances: ${z.prettifyError(parsed.error)}`);
  }
  const { InstanceId: ids, Filter: filters, MaxResults: pageSize, NextToken: token } = parsed.data;
  if (ids !== undefined) {
    if (pageSize !== undefined) {
      throw new AwsError(
        'InvalidParameterCombination',
        'The parameter instancesSet cannot be used with the parameter maxResults',
      );
    }
    return { reservationSet: filterHosts(pick(hosts, ids), filters).map(reservationOf) };
  }
  const sorted = filterHosts(hosts, filters).toSorted((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  const rest = token === undefined ? sorted : sorted.filter((host) => host.instanceId > readToken(token));
  const page = rest.slice(0, pageSize ?? 1000);
  const last = page.at(-1);
  const more = last !== undefined && page.length < rest.length;
  return { reservationSet: page.map(reservationOf), nextToken: more ? toToken(last.instanceId) : undefined };
}

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

function toToken(instanceId: string): string {
  return Buffer.from(instanceId).toString('base64url');
}

function readToken(token: string): string {
  const instanceId = Buffer.from(token, 'base64url').toString();
  if (!instanceId.startsWith('i-')) throw new AwsError('InvalidNextToken', `the token ${token} is none of ours`);
  return instanceId;
}

function reservationOf(host: Ec2Host): unknown {
  return {
    reservationId: `r-${host.instanceId.slice(2)}`,
    ownerId: LOCAL_ACCOUNT,
    groupSet: [],
    instancesSet: [
      {
        instanceId: host.instanceId,
        instanceState: { code: STATE_CODES[host.state], name: host.state },
        privateDnsName: host.host,
        privateIpAddress: ipAddressOf(host),
        launchTime: new Date(host.launchedAt),
        placement: { availabilityZone: host.zone, tenancy: 'default' },
        tagSet: Object.entries(host.tags).map(([key, value]) => ({ key, value })),
      },
    ],
  };
}
