import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { healthServerCommand } from '../e2e/health-server.ts';
import { strideForSuite } from '../e2e/stride-for-suite.ts';
import { runToEnd } from './programs.ts';

const RUN_LIMIT_MS = 180_000;

const shownHealth = z
  .looseObject({ sickened: z.string(), events: z.array(z.looseObject({ eventType: z.string() })) })
  .catchall(z.unknown());

/**
 * The part of a suite that all clients have in common on health: runs one on real processes before the first test, and
 * holds each of its answers against what is expected.
 * @param command the client's program, which gets three arguments more: Stride's URL, the command of an app whose health
 * it decides, and the file that makes that app ready
 */
export function judgeHealth(
  command: () => Promise<readonly [program: string, ...args: string[]]>,
  expected: Readonly<Record<string, unknown>>,
) {
  const stride = strideForSuite('--ephemeral');
  let seen: z.infer<typeof shownHealth>;
  beforeAll(async () => {
    const [program, ...args] = await command();
    const readyFile = join(stride.directory, 'ready');
    const app = healthServerCommand(join(stride.directory, 'failures'), readyFile);
    const limit = { timeoutMs: RUN_LIMIT_MS };
    const { code, output } = await runToEnd(program, [...args, stride.url, app, readyFile], limit);
    expect(code, output).toBe(0);
    seen = shownHealth.parse(JSON.parse(output));
  });

  it('sees every answer whole', () => {
    for (const [what, answer] of Object.entries(expected)) expect(seen[what], what).toEqual(answer);
    expect(Object.keys(seen).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  return {
    /** What the client printed. */
    seen: () => seen,
    told: (type: string) => seen.events.filter(({ eventType }) => eventType === type),
    deploymentOf: (change: string): string => z.object({ deploymentId: z.string() }).parse(seen[change]).deploymentId,
  };
}
