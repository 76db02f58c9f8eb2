import {
  CloudWatchLogsClient,
  GetLogEventsCommand,
  InvalidParameterException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  type PageOutcome,
  type PageStart,
  type TaskFile,
  type TaskFiles,
  TaskFilesUnavailable,
} from '../../gateways/task-files.ts';
import { LOG_STREAM_PREFIX } from '../../model/log-stream.ts';

/** Bytes of a page as JSON: escaped once more it stays below the 6 MB of a Lambda answer. */
const MAX_PAGE_JSON = 2 * 1024 * 1024;
/** CloudWatch may answer nothing although there is more: this often in a row it is asked on. */
const EMPTY_PAGES = 5;
/** Only of this form are they forward tokens; `b/…` would read backwards. */
const FORWARD_TOKEN = /^f\/[\w/+=.-]{1,200}$/;

/**
 * The stream that the awslogs driver writes for a container: `<prefix>/<container>/<ECS task id>`. It puts both outputs
 * there. Where they are kept apart, as in the local cloud, stderr has a stream of its own below (ADR 9).
 */
function streamOf({ task, container, name }: TaskFile): string {
  const both = `${LOG_STREAM_PREFIX}/${container}/${task.split('/').at(-1)}`;
  return name === 'stderr' ? `${both}/stderr` : both;
}

function positionOf(start: PageStart) {
  switch (start.at) {
    case 'start':
      return { startFromHead: true };
    case 'end':
      return { startFromHead: false };
    case 'offset':
      return { startFromHead: true, nextToken: start.offset };
  }
}

/** Events are lines without their ends, unless the log driver was told to join lines. */
const toLine = (message = ''): string => (message.endsWith('\n') ? message : `${message}\n`);

/** Task files in a log group of CloudWatch Logs. Offsets are its forward tokens, which it forgets after 24 hours. */
export function createLogGroupFiles(client: CloudWatchLogsClient, group: string): TaskFiles {
  async function page(file: TaskFile, start: PageStart, limit: number): Promise<PageOutcome> {
    const command = new GetLogEventsCommand({
      logGroupName: group,
      logStreamName: streamOf(file),
      limit,
      ...positionOf(start),
    });
    const { events = [], nextForwardToken: next } = await client.send(command);
    if (next === undefined) throw new TaskFilesUnavailable('CloudWatch gave no forward token');
    const text = events.map(({ message }) => toLine(message)).join('');
    const isLarge = events.length > 1 && Buffer.byteLength(JSON.stringify(text)) > MAX_PAGE_JSON;
    return isLarge ? page(file, start, Math.floor(events.length / 2)) : { kind: 'page', text, next };
  }

  async function read(file: TaskFile, start: PageStart, lines: number): Promise<PageOutcome> {
    let from = start;
    for (let asked = 1; ; asked += 1) {
      const outcome = await page(file, from, lines);
      if (outcome.kind !== 'page' || outcome.text !== '') return outcome;
      const isEnd = from.at !== 'start' && (from.at === 'end' || from.offset === outcome.next);
      if (isEnd || asked === EMPTY_PAGES) return outcome;
      from = { at: 'offset', offset: outcome.next };
    }
  }

  return {
    async read(file, start, lines) {
      if (start.at === 'offset' && !FORWARD_TOKEN.test(start.offset)) return { kind: 'badOffset' };
      try {
        return await read(file, start, lines);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return { kind: 'none' };
        if (error instanceof InvalidParameterException && start.at === 'offset') return { kind: 'badOffset' };
        throw new TaskFilesUnavailable('CloudWatch Logs did not answer', { cause: error });
      }
    },
  };
}

/** With a client made from the environment. Only to be imported lazily. */
export const connectLogGroup = (group: string): TaskFiles => createLogGroupFiles(new CloudWatchLogsClient({}), group);
