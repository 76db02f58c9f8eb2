import { randomUUID } from 'node:crypto';
import dynalite, { type WireItem } from 'dynalite/db/index.js';
import type { TableDefinition } from './table-definition.ts';

/** One record of a table's stream, as a Lambda event-source mapping hands it to its function. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: WireItem;
    readonly NewImage?: WireItem;
    readonly OldImage?: WireItem;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: StreamView;
  };
  readonly eventSourceARN: string;
  /** Who deleted the item, when it was time to live. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
}

type StreamView = NonNullable<TableDefinition['StreamSpecification']>['StreamViewType'];

/** A write of one item: what was there before and what is there after it. */
export interface ItemChange {
  readonly before: WireItem | undefined;
  readonly after: WireItem | undefined;
  /** True when time to live removed the item: its record then says so in `userIdentity`. */
  readonly expired: boolean;
}

export interface StreamSource {
  readonly arn: string;
  readonly region: string;
  readonly view: StreamView;
  readonly keyAttributes: readonly string[];
}

/** The record of a change, or undefined when nothing changed: DynamoDB writes no record then (guide, "Change data capture"). */
export function toStreamRecord(
  source: StreamSource,
  change: ItemChange,
  sequence: string,
  now: number,
): StreamRecord | undefined {
  const { before, after } = change;
  const item = after ?? before;
  if (item === undefined || sameItem(before, after)) return undefined;
  const keys = Object.fromEntries(source.keyAttributes.map((name) => [name, item[name] ?? {}]));
  const newImage = after !== undefined && source.view !== 'KEYS_ONLY' && source.view !== 'OLD_IMAGE';
  const oldImage = before !== undefined && source.view !== 'KEYS_ONLY' && source.view !== 'NEW_IMAGE';
  const images = { ...(newImage ? { NewImage: after } : {}), ...(oldImage ? { OldImage: before } : {}) };
  return {
    eventID: randomUUID().replaceAll('-', ''),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: source.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(now / 1000),
      Keys: keys,
      ...images,
      SequenceNumber: sequence,
      SizeBytes: [keys, ...Object.values(images)].reduce((sum, image) => sum + dynalite.itemSize(image), 0),
      StreamViewType: source.view,
    },
    eventSourceARN: source.arn,
    ...(change.expired ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
  };
}

/** A record read back from the journal; throws when it is none. */
export function asStreamRecord(value: unknown): StreamRecord {
  if (isStreamRecord(value)) return value;
  throw new Error(`the stream journal of the local DynamoDB is damaged: ${JSON.stringify(value)} is no record`);
}

function isStreamRecord(value: unknown): value is StreamRecord {
  return typeof value === 'object' && value !== null && 'eventName' in value && 'dynamodb' in value;
}

function sameItem(before: WireItem | undefined, after: WireItem | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  const names = Object.keys(after);
  return names.length === Object.keys(before).length && names.every((name) => sameValue(before[name], after[name]));
}

function sameValue(before: Record<string, unknown> | undefined, after: Record<string, unknown> | undefined): boolean {
  for (const [type, value] of Object.entries(after ?? {})) {
    const former = before?.[type];
    if (former !== value && (typeof value !== 'object' || JSON.stringify(former) !== JSON.stringify(value)))
      return false;
  }
  return true;
}
