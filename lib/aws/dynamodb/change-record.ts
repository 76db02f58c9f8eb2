import * as z from 'zod';
import type { ChangeRecord } from '../../gateways/store.ts';
import { fromWireItem } from './attribute-codec.ts';

const wireValue = z.union([z.object({ S: z.string() }), z.object({ N: z.string() }), z.object({ BOOL: z.boolean() })]);
const text = z.object({ S: z.string() });

const streamRecord = z.object({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.object({
    Keys: z.object({ pk: text, sk: text }),
    NewImage: z.record(z.string(), wireValue).optional(),
    SequenceNumber: z.string(),
  }),
});

/**
 * Reads one record of a Lambda event from a stream with new images. Throws when it is none, when an attribute has a type
 * that Stride does not store, and when the image is missing although the item exists.
 */
export function toChangeRecord(record: unknown): ChangeRecord {
  const parsed = streamRecord.safeParse(record);
  if (!parsed.success) throw new Error(`not a record of the table's stream:\n${z.prettifyError(parsed.error)}`);
  const { eventName: kind, dynamodb } = parsed.data;
  const key = { pk: dynamodb.Keys.pk.S, sk: dynamodb.Keys.sk.S };
  if (kind === 'REMOVE') return { kind, key, sequence: dynamodb.SequenceNumber };
  if (dynamodb.NewImage === undefined) {
    throw new Error(`the stream tells no new image of ${key.pk} ${key.sk}: its StreamViewType must be NEW_IMAGE`);
  }
  return { kind, key, item: fromWireItem(dynamodb.NewImage), sequence: dynamodb.SequenceNumber };
}
