import * as z from 'zod';
import { AwsError } from '../endpoint/aws-service.ts';
import { type Ec2Host, ipAddressOf } from './ec2-host.ts';

/** EC2: values that one filter can have. */
const MAX_VALUES = 200;

/** `Filter.N` of DescribeInstances, in the EC2 API Reference's names. */
export const filtersInput = z
  .array(z.strictObject({ Name: z.string(), Value: z.array(z.string()).min(1).default([]) }))
  .default([]);

type Filter = z.infer<typeof filtersInput>[number];

const FIELDS: Readonly<Record<string, (host: Ec2Host) => string>> = {
  'availability-zone': (host) => host.zone,
  'instance-id': (host) => host.instanceId,
  'instance-state-name': (host) => host.state,
  'private-dns-name': (host) => host.host,
  'private-ip-address': ipAddressOf,
};

/** The hosts that all filters let through; a filter lets through what has one of its values. */
export function filterHosts(hosts: readonly Ec2Host[], filters: readonly Filter[]): readonly Ec2Host[] {
  return filters.reduce((left, { Name, Value }) => {
    if (Value.length > MAX_VALUES) {
      throw new AwsError('FilterLimitExceeded', `filter ${Name} has ${Value.length} values; ${MAX_VALUES} are allowed`);
    }
    const wildcard = Value.find((value) => /[*?]/.test(value));
    if (wildcard !== undefined) throw notServed(`the wildcard in '${wildcard}'`);
    const fieldOf = fieldNamed(Name);
    return left.filter((host) => Value.includes(fieldOf(host) ?? ''));
  }, hosts);
}

function fieldNamed(name: string): (host: Ec2Host) => string | undefined {
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field !== undefined) return field;
  if (name.startsWith('tag:')) return (host) => host.tags[name.slice('tag:'.length)];
  throw notServed(`the filter '${name}'`);
}

function notServed(what: string): AwsError {
  const served = [...Object.keys(FIELDS), 'tag:KEY'].join(', ');
  return new AwsError(
    'InvalidParameterValue',
    `EC2 of the local cloud does not serve ${what}; exact values of ${served} are`,
  );
}
