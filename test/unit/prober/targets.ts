import { once } from 'node:events';
import http, { type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer, type Socket, type Server as TcpServer } from 'node:net';
import { afterEach } from 'vitest';
import type { ProbeTarget } from '../../../lib/model/probe.ts';

const open: (Server | TcpServer)[] = [];

/** Listens at a port of its own until the test is over. */
export async function listen(server: Server | TcpServer): Promise<number> {
  open.push(server);
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
export const serve = (listener: RequestListener): Promise<number> => listen(http.createServer(listener));
/** Does as told with each connection on which something was sent. */
export const serveRaw = (answer: (socket: Socket, request: string) => void): Promise<number> =>
  listen(
    createServer((socket) =>
      socket.on('error', () => socket.destroy()).once('data', (data) => answer(socket, data.toString('latin1'))),
    ),
  );

/** A port at which nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

afterEach(() => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
});

export const target = (port: number, fields: Partial<Extract<ProbeTarget, { kind: 'http' }>> = {}): ProbeTarget => ({
  kind: 'http',
  host: '127.0.0.1',
  port,
  path: '/health',
  secure: false,
  timeoutMs: 5_000,
  bodyLimit: 0,
  ...fields,
});
