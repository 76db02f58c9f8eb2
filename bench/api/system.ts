import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createApi } from '../../functions/api/api.ts';
import type { ApiRequest } from '../../functions/api/http.ts';
import { toProxyResult, toStreamedResult } from '../../functions/api/proxy-event.ts';
import { systemClock, systemIds } from '../../functions/runtime/system.ts';
import { createMemoryStore } from '../../lib/gateways/memory-store.ts';
import { createMemoryTaskFiles } from '../../lib/gateways/memory-task-files.ts';
import { resolvePathId } from '../../lib/model/path-id.ts';
import { createState } from '../../lib/state/state.ts';
import { aConfig } from '../../test/fixtures/a-config.ts';
import { anInstance } from '../../test/fixtures/an-instance.ts';
import { appsByGroup, idOf } from './fixed-apps.ts';

/** What is streamed, as API Gateway has it done. */
const LISTS = new Set(['/v2/apps', '/v2/groups']);
const QUIET = { events: [], dirty: [], wake: false };

/** What a system holds when it is asked for the first time. */
export interface Contents {
  readonly apps: number;
  /** Each app has one running instance; none otherwise, and `instances` is 0. */
  readonly running: boolean;
}

async function toRequest(message: IncomingMessage): Promise<ApiRequest> {
  const { method = 'GET', url = '/' } = message;
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const query = new Map([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method,
    path: pathname,
    query,
    headers: new Map(headers),
    body: method === 'GET' ? '' : await text(message),
    clientIp: '127.0.0.1',
    requestId: 'bench',
  };
}

/** A scheduler of its own: the real handlers over a store in memory, behind a bare server on loopback. */
export function createSystem() {
  const config = aConfig({ servicePorts: { begin: 10_000, end: 60_000 } });
  const state = createState(createMemoryStore(), config.scheduler);
  const log = { info: () => undefined, error: (message: string, error: unknown) => console.error(message, error) };
  const api = createApi({ state, taskFiles: createMemoryTaskFiles(), clock: systemClock, ids: systemIds, config, log });

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await toRequest(message);
    const answer = await api(request);
    if (LISTS.has(request.path) && request.method === 'GET') {
      const { statusCode, headers, body } = toStreamedResult(request, answer, []);
      response.writeHead(statusCode, headers);
      if (typeof body === 'string') response.end(body);
      else await pipeline(body, response);
      return;
    }
    const { statusCode, headers, body } = toProxyResult(request, answer, []);
    response.writeHead(statusCode, { ...headers, 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  }

  async function change(method: string, path: string, body: unknown): Promise<void> {
    const { status, json } = await api({
      method,
      path,
      query: new Map(),
      headers: new Map(),
      body: JSON.stringify(body),
      clientIp: '127.0.0.1',
      requestId: 'bench',
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
  }

  return {
    server: createServer((message, response) => void serve(message, response)),
    /** Ends all deployments, as the tick does when their apps are as wanted: here nothing is to be started. */
    async endDeployments(): Promise<void> {
      const { value, rev } = await state.definitions.readRoot();
      if (!(await state.definitions.swapRoot({ ...value, running: {} }, rev, QUIET))) throw new Error('root was moved');
    },
    async fill({ apps, running }: Contents): Promise<void> {
      for (const group of appsByGroup(apps, running ? 1 : 0)) {
        await change('PUT', `/v2/groups${group.id}`, group);
        await this.endDeployments();
      }
      if (!running) return;
      for (let index = 0; index < apps; index += 1) {
        const runSpec = resolvePathId(idOf(index));
        // The entry leads to the instances, as in the scheduler (ADR 5).
        const entry = { runSpec, configVersion: anInstance().configVersion, counted: [], pending: [], doomed: [] };
        await state.instances.putQueueEntry(entry, 0);
        await state.instances.replace(anInstance({ runSpec }), 0, QUIET);
      }
    },
  };
}
