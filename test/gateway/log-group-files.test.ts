import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogGroupFiles } from '../../lib/aws/cloudwatch-logs/log-group-files.ts';
import { TaskFilesUnavailable } from '../../lib/gateways/task-files.ts';
import type { TaskArn } from '../../lib/model/ids.ts';
import { GROUP, startLocalLogs } from '../localstack/logs/local-logs.ts';
import { describeTaskFiles } from './task-files-suite.ts';

const idOf = (task: TaskArn): string => task.split('/').at(-1) ?? '';

describeTaskFiles(
  'task files in a log group',
  async () => {
    const local = await startLocalLogs();
    return {
      files: createLogGroupFiles(local.client, GROUP),
      start: (task) => local.start(idOf(task)),
      print: (task, name, printed) => local.print(idOf(task), name, printed),
      end: (task) => local.end(idOf(task)),
      close: local.close,
    };
  },
  60,
);

describe('GetLogEvents', () => {
  const file = { task: 'arn:aws:ecs:local:0:task/stride/t1' as TaskArn, container: 'app', name: 'stdout' } as const;
  /** What the service answers, call by call; the last answer stands for all further calls. */
  let answers: { readonly status?: number; readonly body: object }[];
  let calls: unknown[];
  let server: Server;
  let client: CloudWatchLogsClient;

  const page = (messages: readonly string[], nextForwardToken: string) => ({
    body: { events: messages.map((message) => ({ message, timestamp: 1, ingestionTime: 1 })), nextForwardToken },
  });
  const read = () => createLogGroupFiles(client, 'group').read(file, { at: 'start' }, 100);

  beforeEach(async () => {
    calls = [];
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const { status = 200, body: answer } = answers[Math.min(calls.length, answers.length - 1)] ?? { body: {} };
        calls.push(JSON.parse(body));
        response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new CloudWatchLogsClient({
      region: 'local',
      credentials: { accessKeyId: 'K', secretAccessKey: 's' },
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      maxAttempts: 1,
    });
  });
  afterEach(() => {
    client.destroy();
    server.close();
  });

  it('is asked for the stream of the awslogs driver, and the ends of lines are put back', async () => {
    answers = [page(['one', 'two\n', ''], 'f/1')];
    expect(await read()).toEqual({ kind: 'page', text: 'one\ntwo\n\n', next: 'f/1' });
    expect(calls).toEqual([{ logGroupName: 'group', logStreamName: 'stride/app/t1', limit: 100, startFromHead: true }]);
  });

  it('is asked on over empty pages, which need not be the end', async () => {
    answers = [page([], 'f/1'), page([], 'f/2'), page(['late'], 'f/3')];
    expect(await read()).toEqual({ kind: 'page', text: 'late\n', next: 'f/3' });
    expect(calls.slice(1)).toMatchObject([{ nextToken: 'f/1' }, { nextToken: 'f/2' }]);
  });

  it('ends with the token that it was asked with, or after five empty pages', async () => {
    answers = [page([], 'f/1'), page([], 'f/1')];
    expect(await read()).toEqual({ kind: 'page', text: '', next: 'f/1' });
    expect(calls).toHaveLength(2);
    calls = [];
    answers = ['f/1', 'f/2', 'f/3', 'f/4', 'f/5', 'f/6'].map((token) => page([], token));
    expect(await read()).toEqual({ kind: 'page', text: '', next: 'f/5' });
  });

  it('is asked for fewer lines when they would not fit into an answer', async () => {
    const binary = '\u0001'.repeat(200_000);
    answers = [page(Array(4).fill(binary), 'f/4'), page(Array(2).fill(binary), 'f/2'), page([binary], 'f/1')];
    expect(await read()).toEqual({ kind: 'page', text: `${binary}\n`, next: 'f/1' });
    expect(calls).toMatchObject([{ limit: 100 }, { limit: 2 }, { limit: 1 }]);
  });

  it.each([
    ['throttles', 400, 'ThrottlingException'],
    ['fails', 500, 'ServiceUnavailableException'],
    ['refuses a start without an offset', 400, 'InvalidParameterException'],
    ['does not let us in', 400, 'AccessDeniedException'],
  ])('is unavailable when it %s', async (_what, status, code) => {
    answers = [{ status, body: { __type: code, message: 'no' } }];
    await expect(read()).rejects.toThrow(TaskFilesUnavailable);
  });
});
