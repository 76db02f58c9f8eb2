import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { watchSandboxes } from '../../../localstack/control/sandbox-watch.ts';
import { createAwsEndpoint } from '../../../localstack/endpoint/aws-endpoint.ts';
import { withLogStreams } from '../../../localstack/logs/log-streams.ts';
import { createLogs } from '../../../localstack/logs/logs.ts';
import type { ContainerHandle, ContainerRuntime } from '../../../localstack/runtime/container-runtime.ts';
import { makeSandbox } from '../../../localstack/runtime/sandbox.ts';
import { checkedService } from '../endpoint/checked-service.ts';
import { aRun } from '../runtime/a-run.ts';

export const GROUP = '/stride/tasks';

/** Runs nothing: sandboxes are written by the test, and containers end when it says so. */
function createSilentRuntime(dataDir: string) {
  const ends = new Map<string, () => void>();
  const runtime: ContainerRuntime = {
    start(run): ContainerHandle {
      makeSandbox(dataDir, run);
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.set(run.taskId, resolve);
      return { stop: () => resolve(), kill: () => resolve(), exec: async () => undefined, ended: promise };
    },
  };
  return { runtime, end: (taskId: string) => ends.get(taskId)?.() };
}

/** The local CloudWatch Logs behind the real endpoint, each call held against the SDK's schemas, with a real client. */
export async function startLocalLogs() {
  const dataDir = await mkdtemp(join(tmpdir(), 'stride-logs-'));
  const silent = createSilentRuntime(dataDir);
  const watched = watchSandboxes(silent.runtime);
  const { runtime, streams } = withLogStreams(watched.runtime, { dataDir, sandboxes: watched.sandboxes });
  const service = createLogs([GROUP, 'other'], streams);
  const endpoint = createAwsEndpoint([checkedService(service)]);
  const client = new CloudWatchLogsClient({
    region: 'local',
    credentials: { accessKeyId: 'AKIALOCALTEST', secretAccessKey: 'none' },
    endpoint: `${await endpoint.listen()}/logs`,
    maxAttempts: 1,
  });
  const sandboxOf = (taskId: string) => join(dataDir, 'agents', '127.0.0.11', 'tasks', `${taskId}.app`);
  const listener = { started: () => undefined, failed: () => undefined, exited: () => undefined };
  const options = { 'awslogs-group': GROUP, 'awslogs-region': 'local', 'awslogs-stream-prefix': 'stride' };

  return {
    client,
    service,
    dataDir,
    sandboxOf,
    /** Starts the container `app` of a task with this log configuration. */
    async start(taskId: string, logConfiguration: unknown = { logDriver: 'awslogs', options }) {
      const run = { ...aRun(), taskId, name: 'app', alone: false, host: '127.0.0.11', environment: {} };
      runtime.start({ ...run, extras: { logConfiguration } }, listener);
      for (const name of ['stdout', 'stderr']) await appendFile(join(sandboxOf(taskId), name), '');
    },
    print: (taskId: string, name: string, bytes: string | Uint8Array) =>
      appendFile(join(sandboxOf(taskId), name), bytes),
    /** The container has ended: resolves when the watch knows. */
    async end(taskId: string) {
      silent.end(taskId);
      await new Promise(setImmediate);
    },
    forget: (taskId: string) => rm(sandboxOf(taskId), { recursive: true }),
    async close() {
      client.destroy();
      await endpoint.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

export type LocalLogs = Awaited<ReturnType<typeof startLocalLogs>>;
