/**
 * The tasks that are asked, in a process of their own: listens, tells its ports, then its CPU time whenever it is asked,
 * and ends with its parent. It reads no request, so that it is never what is slow.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

async function listen(server: Server): Promise<number> {
  server.listen(0, '0.0.0.0', 4096);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const [answering = 0, silent = 0] = process.argv.slice(2).map(Number);
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const swallow = (): Server => createServer((socket) => socket.on('error', () => socket.destroy()).resume());
const serve = (): Server => swallow().on('connection', (socket) => socket.on('data', () => socket.write(ANSWER)));
const ports: number[] = [];
const silentPorts: number[] = [];
for (let index = 0; index < answering; index += 1) ports.push(await listen(serve()));
for (let index = 0; index < silent; index += 1) silentPorts.push(await listen(swallow()));
process.send?.({ ports, silentPorts });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
process.once('disconnect', () => process.exit());
