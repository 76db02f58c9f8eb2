import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { AgentControlError } from '../ecs/agent-control.ts';
import { FaultError } from '../faults/read-fault.ts';
import { writeControlFile } from './control-file.ts';
import { answerControl, ControlError, type ControlTargets } from './control-routes.ts';
import type { SandboxWatch } from './sandbox-watch.ts';
import { findSandboxes, readOutput } from './task-log.ts';

export interface Control {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where the logs of tasks are, and which of them still grow. */
interface LogTargets {
  readonly dataDirectory: string;
  readonly sandboxes: SandboxWatch;
}

/** Opens the control port on loopback and notes it, with a fresh token, in the data directory. */
export async function startControl(targets: ControlTargets & LogTargets): Promise<Control> {
  const token = randomBytes(24).toString('base64url');
  const stopping = new AbortController();
  const server = createServer((request, response) => {
    handle(targets, token, stopping.signal, request, response).catch((error: unknown) => fail(response, error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the control port got no TCP port');
  const url = `http://127.0.0.1:${address.port}`;
  const removeFile = await writeControlFile(targets.dataDirectory, { url, token, pid: process.pid });
  return {
    url,
    async stop() {
      await removeFile();
      const closed = once(server, 'close');
      stopping.abort();
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(
  targets: ControlTargets & LogTargets,
  token: string,
  stopping: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAllowed(request.headers.authorization ?? '', token)) {
    throw new ControlError(401, 'give the token of control.json as a bearer token');
  }
  const url = new URL(request.url ?? '/', 'http://control');
  const path = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const [resource, taskId, log] = path;
  if (request.method === 'GET' && resource === 'tasks' && taskId !== undefined && log === 'log') {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, stopping]);
    return await sendLog(targets, taskId, url.searchParams, signal, response);
  }
  const body = await readJson(request);
  const answer = JSON.stringify(await answerControl(targets, request.method ?? 'GET', path, body));
  response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
}

async function sendLog(
  { dataDirectory, sandboxes: watch }: LogTargets,
  taskId: string,
  query: URLSearchParams,
  signal: AbortSignal,
  response: ServerResponse,
): Promise<void> {
  const sandboxes = await findSandboxes(dataDirectory, taskId);
  const [sandbox] = sandboxes;
  if (sandbox === undefined) throw new ControlError(404, `no task ${taskId} has a sandbox in ${dataDirectory}/agents`);
  if (sandboxes.length > 1)
    throw new ControlError(409, `${sandboxes.length} task ids begin with ${taskId}: give more of it`);
  const file = query.get('file') === 'stderr' ? 'stderr' : 'stdout';
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  response.flushHeaders();
  const mayGrow = () => query.get('follow') === 'true' && watch.isRunning(sandbox);
  await pipeline(readOutput(sandbox.path, file, mayGrow, signal), response);
}

function isAllowed(authorization: string, token: string): boolean {
  const given = Buffer.from(authorization);
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await text(request);
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlError(400, 'the body is not JSON');
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : String(error);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}

function statusOf(error: unknown): number {
  if (error instanceof ControlError) return error.status;
  if (error instanceof FaultError) return 400;
  return error instanceof AgentControlError ? 409 : 500;
}
