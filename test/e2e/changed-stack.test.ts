import { dirname, join } from 'node:path';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createStrideApp, synthesizeChecked } from '../../infra/stride-app.ts';
import { type LocalCloud, startLocalCloud } from '../../localstack/cloud/local-cloud.ts';
import { connectControl } from '../../localstack/control/control-client.ts';
import { PATIENCE } from '../setup/patience.ts';
import { taskProcesses, temporaryDirectory, tickLog } from './running-stride.ts';

const WAIT = { timeout: PATIENCE, interval: 50 };
const queueStatus = z.array(z.object({ name: z.string(), visible: z.number(), inFlight: z.number() }));
const messages = z.array(z.object({ receiveCount: z.number() }));

/** The local cloud executes the template: what a changed stack says shows over HTTP, and nothing else changed. */
describe('a changed stack', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let cloud: LocalCloud | undefined;

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(async () => {
    await cloud?.stop();
    expect(await taskProcesses(directory.path)).toEqual([]);
    await directory.remove();
  });

  async function start(
    context: Readonly<Record<string, unknown>>,
    change: (rules: readonly CfnRule[]) => void = () => undefined,
  ): Promise<{ readonly url: string; readonly data: string }> {
    const { app, stack } = createStrideApp({ outdir: join(directory.path, 'assembly'), context, validate: false });
    change(stack.node.findAll().filter((construct) => CfnRule.isCfnRule(construct)));
    const assembly = dirname(synthesizeChecked(app));
    const data = join(directory.path, 'data');
    cloud = await startLocalCloud({
      assembly,
      port: 0,
      dataDirectory: data,
      ephemeral: true,
      agents: 1,
      runtime: 'auto',
    });
    return { url: cloud.url, data: cloud.dataDirectory };
  }

  it('an event pattern that leaves out task events: the task runs, and its state is not learnt from events', async () => {
    const { url, data } = await start({}, (rules) => {
      const rule = rules.find(({ eventPattern }) => JSON.stringify(eventPattern).includes('aws.ecs'));
      rule?.addPropertyOverride('EventPattern.detail-type', ['ECS Container Instance State Change']);
    });
    // The walk of the first timer asks ECS itself; the next one comes a minute later.
    await vi.waitFor(async () => expect(await tickLog(data)).toMatch(/"reason":"timer","outcome":"(done|held)"/), WAIT);
    const body = JSON.stringify({ id: '/quiet', cmd: 'sleep 1000', cpus: 0.1, mem: 10 });
    await fetch(`${url}/v2/apps`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    await vi.waitFor(async () => expect(await taskProcesses(directory.path)).toHaveLength(1), WAIT);
    // The tick that started it has let go, and nothing is left that could still tell.
    const control = connectControl(data);
    await vi.waitFor(async () => {
      const queues = await control.call('GET', '/queues', queueStatus);
      expect(queues.map(({ visible, inFlight }) => visible + inFlight)).toEqual(queues.map(() => 0));
    }, WAIT);
    const answer = await fetch(`${url}/v2/apps/quiet`);
    const { app } = z
      .object({ app: z.object({ tasksRunning: z.number(), tasksStaged: z.number() }) })
      .parse(await answer.json());
    expect(app).toEqual({ tasksRunning: 0, tasksStaged: 1 });
  });

  it('the queue’s visibility time-out: a poisoned event comes again that much later, then is set aside', async () => {
    const seconds = 3;
    const { data } = await start({
      'stride:ingestTimeoutSeconds': 2,
      'stride:ingestVisibilitySeconds': seconds,
      'stride:ingestMaxReceives': 2,
    });
    const control = connectControl(data);
    const agents = await control.call('GET', '/agents', z.array(z.object({ arn: z.string() })));
    const clusterArn = agents[0]?.arn.replace(':container-instance/', ':cluster/').replace(/\/[^/]*$/, '');
    const poison = { source: 'aws.ecs', detailType: 'ECS Task State Change', detail: { clusterArn, taskArn: 7 } };
    await control.call('POST', '/events', z.unknown(), poison);
    const queues = await control.call('GET', '/queues', queueStatus);
    const ingest = queues.find(({ visible, inFlight }) => visible + inFlight > 0)?.name ?? '';

    const receivedTimes = async (count: number): Promise<number> => {
      await vi.waitFor(async () => {
        const [message] = await control.call('GET', `/queues/${ingest}/messages`, messages);
        expect(message?.receiveCount).toBe(count);
      }, WAIT);
      return Date.now();
    };
    const first = await receivedTimes(1);
    const second = await receivedTimes(2);
    expect(second - first).toBeGreaterThan((seconds - 1) * 1000);
    await vi.waitFor(async () => {
      const after = await control.call('GET', '/queues', queueStatus);
      expect(after.filter(({ visible }) => visible > 0).map(({ name }) => name)).toEqual([
        expect.stringMatching(/DeadLetters/),
      ]);
    }, WAIT);
  });

  it('an environment variable of the functions: the prefix of HOST and the ports', async () => {
    const { url } = await start({ 'stride:envVarsPrefix': 'MY_' });
    const info = z.object({ marathon_config: z.object({ env_vars_prefix: z.string() }) });
    expect(info.parse(await (await fetch(`${url}/v2/info`)).json()).marathon_config.env_vars_prefix).toBe('MY_');
    const body = JSON.stringify({ id: '/prefixed', cmd: 'sleep 1000', cpus: 0.1, mem: 10 });
    await fetch(`${url}/v2/apps`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    await vi.waitFor(async () => expect(await taskProcesses(directory.path)).toHaveLength(1), WAIT);
    const names = [...((await taskProcesses(directory.path))[0]?.environment.keys() ?? [])];
    expect(names).toEqual(expect.arrayContaining(['MY_HOST', 'MY_PORT0', 'MARATHON_APP_ID']));
    expect(names).not.toContain('PORT0');
  });
});
