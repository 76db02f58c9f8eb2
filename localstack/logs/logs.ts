import { type FileHandle, open } from 'node:fs/promises';
import * as z from 'zod';
import { AwsError, type AwsService, LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';
import { unlessMissing } from '../runtime/unless-missing.ts';
import type { LogStreams } from './log-streams.ts';
import { type Line, linesAfter, linesBefore } from './read-lines.ts';

/** Of GetLogEvents: most events of a page, and how many there are without a limit. */
const MAX_EVENTS = 10_000;
/** CloudWatch's tokens have so many digits; here they are a position in the file. */
const TOKEN_DIGITS = 56;

/** Lengths and patterns of the CloudWatch Logs API reference. */
const INPUT = z
  .object({
    logGroupName: z.string().min(1).max(512).optional(),
    logGroupIdentifier: z.string().min(1).max(2048).optional(),
    logStreamName: z
      .string()
      .min(1)
      .max(512)
      .regex(/^[^:*]*$/),
    startTime: z.int().min(0).optional(),
    endTime: z.int().min(0).optional(),
    nextToken: z.string().min(1).optional(),
    limit: z.int().min(1).max(MAX_EVENTS).default(MAX_EVENTS),
    startFromHead: z.boolean().default(false),
    unmask: z.boolean().optional(),
  })
  .refine(
    ({ logGroupName, logGroupIdentifier }) => (logGroupName === undefined) !== (logGroupIdentifier === undefined),
    'exactly one of logGroupName and logGroupIdentifier is needed',
  );

type Input = z.infer<typeof INPUT>;

/** Which way a page lies from a position; without one: from the file's end. */
interface Wanted {
  readonly way: 'forward' | 'backward';
  readonly position?: number;
}

/** CloudWatch Logs, as far as it reads the output of tasks: GetLogEvents, on the groups of the template. */
export function createLogs(groups: readonly string[], streams: LogStreams): AwsService {
  return {
    name: 'logs',
    protocol: 'json1.1',
    operations: ['GetLogEvents'],
    async call({ operation, input }) {
      if (operation !== 'GetLogEvents') {
        const said = `CloudWatch Logs of the local cloud has GetLogEvents, not ${operation}`;
        throw new AwsError('UnknownOperationException', said);
      }
      const parsed = INPUT.safeParse(input);
      if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
      return getLogEvents(groups, streams, parsed.data);
    },
  };
}

async function getLogEvents(groups: readonly string[], streams: LogStreams, input: Input): Promise<unknown> {
  const asked = input.logGroupName ?? input.logGroupIdentifier ?? '';
  const group = groups.find((name) => name === asked || arnOf(name) === asked);
  if (group === undefined) throw notFound('log group');
  const stream = await streams.find(group, input.logStreamName);
  const wanted = wantedOf(input);
  // Asked before the read: what was written before the end is still read.
  const mayGrow = stream?.isRunning() === true;
  const handle = stream === undefined ? undefined : await unlessMissing(open(stream.path, 'r'));
  if (handle === undefined) throw notFound('log stream');
  try {
    return await answer(handle, wanted, input, mayGrow);
  } finally {
    await handle.close();
  }
}

async function answer(handle: FileHandle, { way, position }: Wanted, input: Input, mayGrow: boolean): Promise<unknown> {
  const { birthtimeMs, size } = await handle.stat();
  if (position !== undefined && position > size) throw invalid('The specified nextToken is invalid.');
  // A file does not tell when a line was written: all are of the time when it was made.
  const timestamp = Math.floor(birthtimeMs);
  const isAsked = timestamp >= (input.startTime ?? 0) && timestamp < (input.endTime ?? Number.POSITIVE_INFINITY);
  const lines = !isAsked
    ? []
    : way === 'forward'
      ? await linesAfter(handle, position ?? 0, input.limit, mayGrow)
      : await linesBefore(handle, position, input.limit, mayGrow);
  return {
    events: lines.map(({ text }) => ({ timestamp, message: text, ingestionTime: timestamp })),
    ...tokens(lines, position ?? 0),
  };
}

/** A page without events leads to where it was asked from, in both directions. */
function tokens(lines: readonly Line[], position: number) {
  const token = (way: string, at: number) => `${way}/${String(at).padStart(TOKEN_DIGITS, '0')}`;
  return {
    nextForwardToken: token('f', lines.at(-1)?.end ?? position),
    nextBackwardToken: token('b', lines[0]?.begin ?? position),
  };
}

/** A token tells the way itself. */
function wantedOf({ nextToken, startFromHead }: Input): Wanted {
  if (nextToken === undefined) return startFromHead ? { way: 'forward', position: 0 } : { way: 'backward' };
  const [, way, digits] = /^([fb])\/(\d{56})$/.exec(nextToken) ?? [];
  if (way === undefined) throw invalid('The specified nextToken is invalid.');
  return { way: way === 'f' ? 'forward' : 'backward', position: Number(digits) };
}

const arnOf = (group: string): string => `arn:aws:logs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:log-group:${group}`;
const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);
const notFound = (what: string): AwsError =>
  new AwsError('ResourceNotFoundException', `The specified ${what} does not exist.`);
