import { once } from 'node:events';
import http, { type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createNodeProbes, MOST_SOCKETS } from '../../../functions/health/node-probes.ts';
import type { ProbeTarget } from '../../../lib/model/probe.ts';

const open: (Server | TcpServer)[] = [];
const HOST = '127.0.0.1';

async function listen(server: Server | TcpServer): Promise<number> {
  open.push(server);
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const serve = (listener: RequestListener): Promise<number> => listen(http.createServer(listener));

afterEach(() => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
});

const target = (port: number, fields: Partial<Extract<ProbeTarget, { kind: 'http' }>> = {}): ProbeTarget => ({
  kind: 'http',
  host: HOST,
  port,
  path: '/health',
  secure: false,
  timeoutMs: 5_000,
  bodyLimit: 0,
  ...fields,
});
const tcp = (port: number): ProbeTarget => ({ kind: 'tcp', host: HOST, port, timeoutMs: 5_000 });

/** A port at which nobody listens. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

describe('a question over HTTP', () => {
  it('is a GET of the path, answered by the status', async () => {
    const asked: (string | undefined)[] = [];
    const port = await serve((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['user-agent']}`);
      response.writeHead(503, { 'content-type': 'text/plain' }).end('busy');
    });
    expect(await createNodeProbes().ask(target(port))).toEqual({
      kind: 'answered',
      status: 503,
      reason: 'Service Unavailable',
      contentType: 'text/plain',
      body: '',
    });
    expect(asked).toEqual(['GET /health Stride health check']);
  });

  it('follows no redirect, and gives back as much of the body as is asked for', async () => {
    const port = await serve((_, response) => response.writeHead(302, { location: '/elsewhere' }).end('moved away'));
    expect(await createNodeProbes().ask(target(port, { bodyLimit: 5 }))).toMatchObject({ status: 302, body: 'moved' });
  });

  it('keeps its connection for the next, and asks again when the task has closed it', async () => {
    const connections = new Set<unknown>();
    let closes = false;
    const port = await serve((request, response) => {
      if (closes && connections.has(request.socket)) request.socket.destroy();
      else response.end();
      connections.add(request.socket);
    });
    const probes = createNodeProbes();
    await probes.ask(target(port));
    await probes.ask(target(port));
    expect(connections.size).toBe(1);
    closes = true;
    expect(await probes.ask(target(port))).toMatchObject({ status: 200 });
    expect(connections.size).toBe(2);
  });

  it('keeps no more connections than there is room for', async () => {
    const sockets = new Set<unknown>();
    const port = await serve((request, response) => {
      sockets.add(request.socket);
      request.socket.once('close', () => sockets.delete(request.socket));
      setTimeout(() => response.end(), 20);
    });
    const probes = createNodeProbes();
    const more = MOST_SOCKETS + 50;
    const answers = await Promise.all(
      Array.from({ length: more }, (_, index) => probes.ask(target(port, { host: `127.0.0.${1 + (index % 250)}` }))),
    );
    expect(answers.filter((answer) => answer.kind === 'answered')).toHaveLength(more);
    await vi.waitFor(() => expect(sockets.size).toBeLessThanOrEqual(MOST_SOCKETS));
    expect(sockets.size).toBeGreaterThan(100);
  });

  it('is answered by 101 without going on', async () => {
    const raw = await listen(
      createServer((socket) =>
        socket.once('data', () => socket.end('HTTP/1.1 101 Nope\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')),
      ),
    );
    expect(await createNodeProbes().ask(target(raw))).toMatchObject({ status: 101, reason: 'Nope' });
  });

  it('is not answered by silence, and by a status even if its body never ends', async () => {
    const silent = await serve(() => undefined);
    const endless = await serve((_, response) => void response.writeHead(200).write('a'));
    const probes = createNodeProbes();
    expect(await probes.ask(target(silent, { timeoutMs: 100 }))).toEqual({
      kind: 'failed',
      cause: 'no answer within 0.1 s',
      timedOut: true,
    });
    expect(await probes.ask(target(endless, { timeoutMs: 300, bodyLimit: 9 }))).toMatchObject({
      status: 200,
      body: 'a',
    });
  });

  it('does not read a body for ever', async () => {
    const port = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    expect(await createNodeProbes().ask(target(port, { timeoutMs: 60_000 }))).toMatchObject({ status: 200 });
  });

  it.each(['http', 'tcp'] as const)('fails where nobody listens (%s)', async (kind) => {
    const port = await unusedPort();
    expect(await createNodeProbes().ask(kind === 'tcp' ? tcp(port) : target(port))).toEqual({
      kind: 'failed',
      cause: `connect ECONNREFUSED 127.0.0.1:${port}`,
      timedOut: false,
    });
  });

  it('fails on what is no HTTP', async () => {
    const port = await listen(createServer((socket) => socket.end('hello')));
    expect(await createNodeProbes().ask(target(port))).toMatchObject({ kind: 'failed', timedOut: false });
  });
});

describe('a question over TCP', () => {
  it('is a connection', async () => {
    expect(await createNodeProbes().ask(tcp(await listen(createServer())))).toEqual({ kind: 'connected' });
  });
});
