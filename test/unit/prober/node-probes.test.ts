import http from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { createNodeProbes, MOST_SOCKETS } from '../../../functions/health/node-probes.ts';
import type { ProbeTarget } from '../../../lib/model/probe.ts';
import { PATIENCE } from '../../setup/patience.ts';
import { listen, serve, serveRaw, target, unusedPort } from './targets.ts';

const tcp = (port: number): ProbeTarget => ({ kind: 'tcp', host: '127.0.0.1', port, timeoutMs: 5_000 });

/** Over a connection that is kept, and over one of its own when there is no room to keep it. */
const WAYS = [
  ['over a kept connection', undefined],
  ['over a connection of its own', 0],
] as const;

describe.each(WAYS)('a question over HTTP, %s', (_, mostKept) => {
  it('is a GET of the path, answered by the status', async () => {
    const asked: unknown[] = [];
    const port = await serve(({ method, url, headers }, response) => {
      asked.push({ method, url, host: headers.host, agent: headers['user-agent'] });
      response.writeHead(503, { 'content-type': 'text/plain' }).end('busy');
    });
    expect(await createNodeProbes(mostKept).ask(target(port))).toEqual({
      kind: 'answered',
      status: 503,
      reason: 'Service Unavailable',
      contentType: '',
      body: '',
    });
    expect(asked).toEqual([{ method: 'GET', url: '/health', host: `127.0.0.1:${port}`, agent: 'Stride health check' }]);
  });

  it.each<[string, readonly string[], object]>([
    ['a status without a reason', ['HTTP/1.1 204\r\n\r\n'], { status: 204, reason: '' }],
    [
      'a status that comes in parts',
      ['HTT', 'P/1.1 2', '00 Fine', '\r\nX: y\r\n\r\n'],
      { status: 200, reason: 'Fine' },
    ],
    ['HTTP/1.0', ['HTTP/1.0 404 Not Found\r\n\r\n'], { status: 404, reason: 'Not Found' }],
    [
      'a status after interim ones',
      ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'],
      { status: 200, reason: 'OK' },
    ],
    [
      '101, without going on',
      ['HTTP/1.1 101 Nope\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
      { status: 101, reason: 'Nope' },
    ],
  ])('is answered by %s', async (_name, parts, outcome) => {
    const port = await serveRaw(async (socket) => {
      for (const part of parts) {
        await new Promise((resolve) => socket.write(part, resolve));
        await new Promise((resolve) => setImmediate(resolve));
      }
      socket.end();
    });
    expect(await createNodeProbes(mostKept).ask(target(port))).toEqual({
      kind: 'answered',
      contentType: '',
      body: '',
      ...outcome,
    });
  });

  it.each<[string, string]>([
    ['what is no HTTP', 'hello\r\n'],
    ['another version of HTTP', 'HTTP/2 200 OK\r\n\r\n'],
    ['a head without end', `HTTP/1.1 ${'x'.repeat(90_000)}`],
    ['interim answers without end', 'HTTP/1.1 103 Early Hints\r\nX: y'.repeat(9_000)],
    ['an end before the status', 'HTTP/1.1 20'],
  ])('fails on %s', async (_name, answer) => {
    const port = await serveRaw((socket) => socket.end(answer));
    expect(await createNodeProbes(mostKept).ask(target(port))).toMatchObject({ kind: 'failed', timedOut: false });
  });

  it('is not answered by silence, but by a status whose body never ends', async () => {
    const silent = await serve(() => undefined);
    const endless = await serve((_request, response) => void response.writeHead(200).write('a'));
    const probes = createNodeProbes(mostKept);
    expect(await probes.ask(target(silent, { timeoutMs: 100 }))).toEqual({
      kind: 'failed',
      cause: 'no answer within 0.1 s',
      timedOut: true,
    });
    expect(await probes.ask(target(endless, { timeoutMs: 2_000 }))).toMatchObject({ status: 200 });
  });

  it('fails where nobody listens', async () => {
    const port = await unusedPort();
    expect(await createNodeProbes(mostKept).ask(target(port))).toEqual({
      kind: 'failed',
      cause: `connect ECONNREFUSED 127.0.0.1:${port}`,
      timedOut: false,
    });
  });
});

describe('a question over HTTP', () => {
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
    await vi.waitFor(() => expect(sockets.size).toBeLessThanOrEqual(MOST_SOCKETS), PATIENCE);
    expect(sockets.size).toBeGreaterThan(100);
  });

  it('gives back what has come of a body that never ends', async () => {
    const port = await serve((_, response) => void response.writeHead(200, { 'content-type': 'text/x' }).write('a'));
    expect(await createNodeProbes(0).ask(target(port, { timeoutMs: 2_000, bodyLimit: 9 }))).toEqual({
      kind: 'answered',
      status: 200,
      reason: 'OK',
      contentType: 'text/x',
      body: 'a',
    });
  });

  it('keeps the connections of those that came first, and opens new ones for the others', async () => {
    const connections = new Map<string | undefined, number>();
    const port = await listen(
      http
        .createServer((_, response) => response.end())
        .on('connection', ({ localAddress }) =>
          connections.set(localAddress, (connections.get(localAddress) ?? 0) + 1),
        ),
    );
    const probes = createNodeProbes(2);
    const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
    for (let round = 0; round < 3; round += 1)
      for (const host of hosts) expect(await probes.ask(target(port, { host }))).toMatchObject({ status: 200 });
    expect(hosts.map((host) => connections.get(host))).toEqual([1, 1, 3]);
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
});

describe('a question over TCP', () => {
  it('is answered by what came while this process had no processor', async () => {
    const port = await listen(createServer());
    const asked = createNodeProbes().ask({ kind: 'tcp', host: '127.0.0.1', port, timeoutMs: 50 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    expect(await asked).toEqual({ kind: 'connected' });
  });

  it('fails where nobody listens', async () => {
    const port = await unusedPort();
    expect(await createNodeProbes().ask(tcp(port))).toEqual({
      kind: 'failed',
      cause: `connect ECONNREFUSED 127.0.0.1:${port}`,
      timedOut: false,
    });
  });

  it('is a connection', async () => {
    expect(await createNodeProbes().ask(tcp(await listen(createServer())))).toEqual({ kind: 'connected' });
  });
});
