import * as z from 'zod';
import type { Disks } from '../ebs/disks.ts';
import { AwsError } from '../endpoint/aws-service.ts';
import type { Ec2Host } from './ec2-host.ts';

/** What an operation works on. */
export interface Ec2Context {
  /** The machines at this moment, with the tags that EC2 was told for them. */
  readonly hosts: readonly Ec2Host[];
  readonly disks: Disks;
}

export type Operation = (input: unknown, context: Ec2Context) => unknown;

/**
 * An operation behind its input's schema, in the names of the EC2 API Reference's query parameters. Strict, so that a
 * parameter without effect here is refused by name instead of being ignored.
 */
export function operation<Input>(
  name: string,
  schema: z.ZodType<Input>,
  run: (input: Input, context: Ec2Context) => unknown,
): Operation {
  return (input, context) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data, context);
    const missing = parsed.error.issues.find((issue) => issue.code === 'invalid_type' && issue.input === undefined);
    if (missing !== undefined) {
      throw new AwsError('MissingParameter', `The request must contain the parameter ${missing.path.join('.')}`);
    }
    throw new AwsError('InvalidParameterValue', `${name}: ${z.prettifyError(parsed.error)}`);
  };
}

/** Numbers and flags travel as text in a form. */
export const numberInput = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);
export const flagInput = z.enum(['true', 'false']).transform((text) => text === 'true');

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** The machine of this id. Throws InvalidInstanceID.Malformed and .NotFound. */
export function findHost({ hosts }: Ec2Context, id: string): Ec2Host {
  if (!/^i-[0-9a-f]{8,17}$/.test(id)) throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
  const host = hosts.find((each) => each.instanceId === id);
  if (host !== undefined) return host;
  throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
}

/** The volume of this id. Throws InvalidVolumeID.Malformed and InvalidVolume.NotFound. */
export function findVolume({ disks }: Ec2Context, id: string) {
  if (!/^vol-[0-9a-f]{8,17}$/.test(id)) throw new AwsError('InvalidVolumeID.Malformed', `Invalid id: "${id}"`);
  const volume = disks.state.volumes.get(id);
  if (volume !== undefined) return volume;
  throw new AwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
}

/** The snapshot of this id. Throws InvalidSnapshotID.Malformed and InvalidSnapshot.NotFound. */
export function findSnapshot({ disks }: Ec2Context, id: string) {
  if (!/^snap-[0-9a-f]{8,17}$/.test(id)) throw new AwsError('InvalidSnapshotID.Malformed', `Invalid id: "${id}"`);
  const snapshot = disks.state.snapshots.get(id);
  if (snapshot !== undefined) return snapshot;
  throw new AwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);
}
