import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, type EventBridgeEvent, LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';

/** Limits of PutEvents (aws.md §4.1). */
const MAX_ENTRIES = 10;
const MAX_BYTES = 1024 * 1024;
const MAX_DETAIL_TYPE = 128;

const ENTRY = z.object({
  Time: z.number().optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string()).default([]),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
});

type Entry = z.infer<typeof ENTRY>;

const INPUT = z.object({ Entries: z.array(ENTRY).min(1).max(MAX_ENTRIES) });

const DETAIL = z.record(z.string(), z.unknown());

export interface PutEventsAnswer {
  readonly FailedEntryCount: number;
  readonly Entries: readonly (
    | { readonly EventId: string }
    | { readonly ErrorCode: string; readonly ErrorMessage: string }
  )[];
}

/**
 * PutEvents as AWS answers it: the whole call is refused when it is malformed or too large, single entries fail by themselves.
 * `accept` takes an event for a bus, named by name or ARN, and says false when there is no such bus. (AWS drops an event
 * for a bus that does not exist without a word; here the entry fails, so that the mistake is seen.)
 */
export function putEvents(input: unknown, accept: (bus: string, event: EventBridgeEvent) => boolean): PutEventsAnswer {
  const parsed = INPUT.safeParse(input);
  if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
  const size = parsed.data.Entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (size >= MAX_BYTES) {
    throw new AwsError(
      'ValidationException',
      `Total size of the entries is ${size} bytes, over the limit of ${MAX_BYTES}`,
    );
  }
  const Entries = parsed.data.Entries.map((entry) => {
    const event = toEvent(entry);
    if ('ErrorCode' in event) return event;
    if (accept(entry.EventBusName, event)) return { EventId: event.id };
    return refuse('ResourceNotFoundException', `Event bus ${entry.EventBusName} does not exist.`);
  });
  return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
}

function refuse(ErrorCode: string, ErrorMessage: string) {
  return { ErrorCode, ErrorMessage };
}

function toEvent(entry: Entry): EventBridgeEvent | ReturnType<typeof refuse> {
  const { Source, DetailType, Detail } = entry;
  if (!Source)
    return refuse('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (!DetailType) {
    return refuse('InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  }
  if (DetailType.length > MAX_DETAIL_TYPE) {
    return refuse('InvalidArgument', `Parameter DetailType is not valid. Reason: over ${MAX_DETAIL_TYPE} characters.`);
  }
  if (!Detail)
    return refuse('InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (Source.startsWith('aws.')) return refuse('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = parseDetail(Detail);
  if (detail === undefined) return refuse('MalformedDetail', 'Detail is malformed.');
  const time = entry.Time === undefined ? new Date() : new Date(entry.Time * 1000);
  return makeEvent({ source: Source, detailType: DetailType, detail, resources: entry.Resources, time });
}

/** An event of the local account and region with a fresh id. */
export function makeEvent(event: {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources: readonly string[];
  readonly time: Date;
}): EventBridgeEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': event.detailType,
    source: event.source,
    account: LOCAL_ACCOUNT,
    // To the second, as EventBridge writes it.
    time: event.time.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: LOCAL_REGION,
    resources: event.resources,
    detail: event.detail,
  };
}

function parseDetail(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return DETAIL.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What AWS counts of an entry: documentation of PutEvents, "Calculating event entry size". */
function entryBytes({ Time, Source, DetailType, Detail, Resources }: Entry): number {
  const texts = [Source ?? '', DetailType ?? '', Detail ?? '', ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}
