/** The tasks that are asked, in a process of their own: listens, tells its ports, and ends with its parent. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

async function listen(server: Server): Promise<number> {
  server.listen(0, '0.0.0.0', 4096);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const [answering = 0, silent = 0] = process.argv.slice(2).map(Number);
const serve = (): Server => createHttpServer({ keepAliveTimeout: 60_000 }, (_, response) => response.end('ok'));
const swallow = (): Server => createServer((socket) => socket.on('error', () => socket.destroy()).resume());
const ports: number[] = [];
const silentPorts: number[] = [];
for (let index = 0; index < answering; index += 1) ports.push(await listen(serve()));
for (let index = 0; index < silent; index += 1) silentPorts.push(await listen(swallow()));
process.send?.({ ports, silentPorts });
process.once('disconnect', () => process.exit());
