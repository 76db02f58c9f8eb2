import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type AppView, taskProcesses } from '../e2e/running-stride.ts';
import { type DeployedStride, deployStride } from './deployed-stride.ts';

/** The training deck's first lab. */
const LAB = {
  id: '/hello-world',
  cpus: 0.1,
  mem: 10,
  instances: 2,
  cmd: "while [ true ]; do echo 'Hello Marathon'; sleep 5; done",
};

const WAIT = { timeout: 60_000, interval: 250 };
const queueNames = z.object({ QueueUrls: z.array(z.string()).default([]) });
const queueAttributes = z.object({ Attributes: z.record(z.string(), z.string()) });
const tableNames = z.object({ TableNames: z.array(z.string()) });
const entries = z.object({ Items: z.array(z.record(z.string(), z.record(z.string(), z.unknown()))) });
const groups = z.object({ logGroups: z.array(z.object({ logGroupName: z.string() })) });
const logEvents = z.object({ events: z.array(z.object({ message: z.string() })).default([]) });

/** `npm run test:aws`: the stack in an emulator of AWS, tasks by the launcher on this machine. */
describe('the main job on a deployed stack', () => {
  let stride: DeployedStride;

  beforeAll(async () => {
    const deployed = await deployStride(process.env['STRIDE_EMULATOR']);
    stride = deployed;
    return async () => {
      console.log(deployed.log());
      await deployed.stop();
      expect(await taskProcesses(deployed.dataDirectory)).toEqual([]);
    };
  });

  async function app(): Promise<AppView> {
    const { status, json, text } = await stride.request('GET', `/v2/apps${LAB.id}`);
    expect({ status, text }).toMatchObject({ status: 200 });
    return (json as { app: AppView }).app;
  }

  const running = (count: number): Promise<void> =>
    vi.waitFor(async () => {
      const { tasksRunning, tasks, deployments } = await app();
      expect({ tasksRunning, deployments }).toEqual({ tasksRunning: count, deployments: [] });
      const processes = await taskProcesses(stride.dataDirectory);
      const ids = processes.map(({ environment }) => environment.get('MESOS_TASK_ID'));
      expect(ids.toSorted()).toEqual(tasks.map(({ id }) => id).toSorted());
    }, WAIT);

  /** Texts of every log group of the functions. */
  async function functionLogs(): Promise<readonly string[]> {
    const { logGroups } = groups.parse(await stride.call('logs', 'Logs_20140328.DescribeLogGroups', {}));
    const texts: string[] = [];
    for (const { logGroupName } of logGroups.filter((group) => /Functions\w+Logs/.test(group.logGroupName))) {
      const found = await stride.call('logs', 'Logs_20140328.FilterLogEvents', { logGroupName });
      texts.push(...logEvents.parse(found).events.map(({ message }) => message));
    }
    return texts;
  }

  it('the API asks for a signature, and answers with one', async () => {
    expect((await fetch(`${stride.url}/ping`)).status).toBe(403);
    expect(await stride.request('GET', '/ping')).toMatchObject({ status: 200, text: 'pong' });
  });

  it('POST: two tasks run', async () => {
    const { status, headers, json } = await stride.request('POST', '/v2/apps', LAB);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe('/hello-world');
    const { deployments } = z.object({ deployments: z.array(z.object({ id: z.string() })) }).parse(json);
    expect(deployments).toEqual([{ id: headers.get('marathon-deployment-id') }]);
    await running(2);
  });

  it('a killed task is replaced', async () => {
    const before = (await taskProcesses(stride.dataDirectory)).map(({ pid }) => pid);
    const [victim] = before;
    if (victim === undefined) throw new Error('nothing runs');
    process.kill(-victim, 'SIGKILL');
    await vi.waitFor(async () => {
      const now = (await taskProcesses(stride.dataDirectory)).map(({ pid }) => pid);
      expect(now).toHaveLength(2);
      expect(now).not.toContain(victim);
    }, WAIT);
    await running(2);
  });

  it.each([3, 1])('PUT: scales to %i', async (instances) => {
    expect((await stride.request('PUT', `/v2/apps${LAB.id}`, { instances })).status).toBe(200);
    await running(instances);
  });

  it.each([
    ['kept', '/v2/apps//hello-world'],
    ['encoded', '/v2/apps/%2Fhello-world'],
  ])('an id with its slash %s is understood', async (_name, path) => {
    expect(await stride.request('GET', path)).toMatchObject({ status: 200, json: { app: { id: LAB.id } } });
  });

  it('what Marathon answers to a mistake comes through the gateway', async () => {
    expect(await stride.request('POST', '/v2/apps', { id: '/a' })).toMatchObject({
      status: 422,
      json: { message: 'Object is not valid' },
    });
    expect(await stride.request('GET', '/nothing')).toMatchObject({ status: 404 });
  });

  it('the event log tells the whole story', async () => {
    const { TableNames } = tableNames.parse(await stride.call('dynamodb', 'DynamoDB_20120810.ListTables', {}));
    const TableName = TableNames.filter((name) => /^Stride-TablesEvents/.test(name)).at(-1);
    const { Items } = entries.parse(await stride.call('dynamodb', 'DynamoDB_20120810.Scan', { TableName }));
    const told = JSON.stringify(Items);
    for (const word of ['deployment_success', 'TASK_RUNNING', 'TASK_FAILED', 'TASK_KILLED']) {
      expect(told, word).toContain(word);
    }
  });

  it('GET /v2/events streams, but for MiniStack, whose functions cannot', async () => {
    expect(await stride.peek('/v2/events')).toEqual(
      stride.isMiniStack
        ? { status: 500, type: 'application/json' }
        : { status: 200, type: 'text/event-stream;charset=utf-8' },
    );
  });

  it('DELETE: nothing runs', async () => {
    expect((await stride.request('DELETE', `/v2/apps${LAB.id}`)).status).toBe(200);
    await vi.waitFor(async () => expect(await taskProcesses(stride.dataDirectory)).toEqual([]), WAIT);
    await vi.waitFor(async () => {
      expect(await stride.request('GET', '/v2/deployments')).toMatchObject({ status: 200, json: [] });
    }, WAIT);
    expect((await stride.request('GET', `/v2/apps${LAB.id}`)).status).toBe(404);
  });

  it('no event was given up, and no function logged an error', async () => {
    await vi.waitFor(async () => {
      const { QueueUrls } = queueNames.parse(await stride.call('sqs', 'AmazonSQS.ListQueues', {}));
      expect(QueueUrls.length).toBeGreaterThanOrEqual(3);
      for (const QueueUrl of QueueUrls) {
        const asked = { QueueUrl, AttributeNames: ['All'] };
        const { Attributes } = queueAttributes.parse(await stride.call('sqs', 'AmazonSQS.GetQueueAttributes', asked));
        expect(Attributes, QueueUrl).toMatchObject({
          ApproximateNumberOfMessages: '0',
          ApproximateNumberOfMessagesNotVisible: '0',
        });
      }
    }, WAIT);
    const logs = await functionLogs();
    expect(logs.filter((text) => /"level":"error"|AccessDenied/.test(text))).toEqual([]);
  });

  it('cdk destroy removes the stack', async () => {
    await stride.destroy();
    expect((await stride.request('GET', '/ping')).status).not.toBe(200);
  });
});
