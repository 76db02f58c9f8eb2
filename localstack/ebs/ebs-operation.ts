import * as z from 'zod';
import { AwsError } from '../endpoint/aws-service.ts';
import type { Snapshot } from './disk-entities.ts';
import type { Disks } from './disks.ts';

export type Operation = (input: unknown, disks: Disks) => unknown;

/** An operation behind its input's schema; strict, so that a member without effect here is refused by name. */
export function operation<Input>(schema: z.ZodType<Input>, run: (input: Input, disks: Disks) => unknown): Operation {
  return (input, disks) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data, disks);
    throw invalid('INVALID_PARAMETER_VALUE', z.prettifyError(parsed.error));
  };
}

/** ValidationException with one of the reasons of the EBS direct APIs. */
export function invalid(Reason: string, message: string): AwsError {
  return new AwsError('ValidationException', message, 400, { Reason });
}

/** Path, query and headers carry numbers as text. */
export const numberInput = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);

export const snapshotId = z.string().regex(/^snap-[0-9a-f]{8,17}$/, 'is no id of a snapshot');

/** The snapshot, in one of these states. */
export function findSnapshot({ state }: Disks, id: string, ...states: readonly Snapshot['state'][]): Snapshot {
  const snapshot = state.snapshots.get(id);
  if (snapshot === undefined) {
    throw new AwsError('ResourceNotFoundException', `The snapshot '${id}' does not exist.`, 404, {
      Reason: 'SNAPSHOT_NOT_FOUND',
    });
  }
  if (states.includes(snapshot.state)) return snapshot;
  throw invalid('INVALID_SNAPSHOT_ID', `The snapshot '${id}' is ${snapshot.state}, not ${states.join(' or ')}.`);
}
