import { Readable } from 'node:stream';
import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { connectStore } from '../../../lib/aws/dynamodb/connect-store.ts';
import { connectEventLog } from '../../../lib/state/event-log.ts';
import { corsHeaders } from '../../runtime/cors.ts';
import { readEnvironment } from '../../runtime/environment.ts';
import { systemClock, systemIds } from '../../runtime/system.ts';
import { createStream } from './stream.ts';

const { config, eventsTable } = readEnvironment(process.env);
const stream = createStream({
  eventLog: connectEventLog(connectStore(eventsTable), config.scheduler),
  clock: systemClock,
  ids: systemIds,
});

/** Left of the invocation when the stream ends by itself: clients reconnect (aws.md §4.4). Milliseconds. */
const RESERVE = 20_000;

/** Headers by their names in lower case. */
function headersOf({ headers }: APIGatewayProxyEvent): ReadonlyMap<string, string> {
  const given = Object.entries(headers ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return new Map(given);
}

/** A number of ours; anything else starts at the end of the log. */
function lastEventId(event: APIGatewayProxyEvent): number | undefined {
  const text = headersOf(event).get('last-event-id');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** `Accept: text/event-stream` or anything that includes it; Marathon answers 405 to the rest. */
function acceptsStream(event: APIGatewayProxyEvent): boolean {
  const accept = headersOf(event).get('accept') ?? '*/*';
  return accept.split(',').some((range) => /^\s*(text\/event-stream|text\/\*|\*\/\*)\s*(;|$)/i.test(range));
}

export const handler = middy<APIGatewayProxyEvent>({ executionMode: executionModeStreamifyResponse }).handler(
  async (event, context) => {
    if (!acceptsStream(event)) {
      return {
        statusCode: 405,
        headers: { 'Content-Type': 'application/json', Allow: 'GET, HEAD, OPTIONS' },
        body: JSON.stringify({ message: 'Method Not Allowed' }),
      };
    }
    const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - RESERVE));
    const frames = stream(
      {
        eventTypes: new Set(event.multiValueQueryStringParameters?.['event_type'] ?? []),
        lastEventId: lastEventId(event),
        remoteAddress: event.requestContext.identity?.sourceIp ?? '',
      },
      signal,
    );
    return {
      statusCode: 200,
      headers: {
        'Content-Type': 'text/event-stream;charset=utf-8',
        'Cache-Control': 'no-cache',
        ...corsHeaders(config.allowedOrigins, headersOf(event)),
      },
      body: Readable.from(frames, { objectMode: false }),
    };
  },
);
