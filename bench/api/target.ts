import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { floorAnswers } from './floor.ts';
import type { Contents } from './system.ts';

const SERVE = fileURLToPath(new URL('serve.ts', import.meta.url));
const atPort = z.object({ port: z.number() });
const cpuUsage = z.object({ user: z.number(), system: z.number() });

/** Starts the process under load. It ends with this one. */
export async function startTarget() {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', SERVE], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const url = String(line).trim();

  async function command<T>(schema: z.ZodType<T>, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/${path}`, { method: 'POST', body: JSON.stringify(body ?? {}) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return schema.parse(await response.json());
  }

  return {
    /** A system with apps; its port. */
    system: async (contents: Contents): Promise<number> => (await command(atPort, 'system', contents)).port,
    /** A bare server of these answers; its port. */
    floor: async (answers: z.input<typeof floorAnswers>): Promise<number> =>
      (await command(atPort, 'floor', answers)).port,
    endDeployments: (port: number): Promise<unknown> => command(z.unknown(), `end-deployments/${port}`),
    /** CPU time of the process so far, milliseconds. */
    async cpu(): Promise<number> {
      const { user, system } = await command(cpuUsage, 'cpu');
      return (user + system) / 1000;
    },
    async stop(): Promise<void> {
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}

export type Target = Awaited<ReturnType<typeof startTarget>>;
