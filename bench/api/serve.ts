/** The process under load: systems and floors, each with a port of its own, made by a control port that it prints. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import * as z from 'zod';
import { createFloor, floorAnswers } from './floor.ts';
import { createSystem } from './system.ts';

const contents = z.object({ apps: z.number(), running: z.boolean() });
const systems = new Map<string, ReturnType<typeof createSystem>>();

async function listen(server: Server): Promise<number> {
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function command(request: IncomingMessage): Promise<unknown> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, name, port = ''] = pathname.split('/');
  switch (name) {
    case 'cpu':
      return process.cpuUsage();
    case 'end-deployments':
      await systems.get(port)?.endDeployments();
      return {};
    case 'floor':
      return { port: await listen(createFloor(floorAnswers.parse(await json(request)))) };
    case 'system': {
      const system = createSystem();
      await system.fill(contents.parse(await json(request)));
      const at = await listen(system.server);
      systems.set(String(at), system);
      return { port: at };
    }
    default:
      throw new Error(`no command ${pathname}`);
  }
}

const control = createServer((request, response) => {
  command(request).then(
    (answer) => response.end(JSON.stringify(answer)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
console.log(`http://127.0.0.1:${await listen(control)}`);
// The end of the process that started it is its end too.
process.stdin.on('end', () => process.exit()).resume();
