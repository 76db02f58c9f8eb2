import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type RunningStride, startStride, temporaryDirectory } from '../e2e/running-stride.ts';
import { goMarathonSees } from './clients/go-marathon-sees.ts';
import { goProgram } from './judge-cache.ts';
import { runToEnd } from './programs.ts';

const SOURCE = fileURLToPath(new URL('./clients/go', import.meta.url));
const RUN_LIMIT_MS = 180_000;

const seenSchema = z.looseObject({
  events: z.array(z.looseObject({ eventType: z.string() })),
  deployments: z.tuple([z.looseObject({ id: z.string() })]),
});

/** Accepted changes that came to their end. */
const CHANGES = [
  'scaled',
  'updated',
  'restarted',
  'rolled back',
  'deleted while it waits',
  'group updated',
  'group deleted',
  'deleted',
];

/** Contract: go-marathon works with the whole local system, its subscription too, and decodes complete answers. */
describe('go-marathon', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let stride: RunningStride;
  let seen: z.infer<typeof seenSchema>;

  beforeAll(async () => {
    const program = await goProgram(SOURCE);
    directory = await temporaryDirectory();
    stride = await startStride(directory.path, ['--ephemeral', '--runtime', 'simulated']);
    const { code, output } = await runToEnd(program, [stride.url], { timeoutMs: RUN_LIMIT_MS });
    expect(code, output).toBe(0);
    seen = seenSchema.parse(JSON.parse(output));
  });
  afterAll(async () => {
    await stride?.stop();
    await directory?.remove();
  });

  const told = (type: string, member: string): readonly string[] =>
    seen.events
      .filter(({ eventType }) => eventType === type)
      .map((event) => String(event[member]))
      .toSorted();
  const deploymentOf = (change: string): string =>
    z.object({ deploymentId: z.string() }).parse(seen[change]).deploymentId;

  /** The first deployment of the app that fits nowhere. */
  const waiting = (): string => seen.deployments[0].id;

  it('decodes every answer whole', () => {
    const expected = goMarathonSees(new URL(stride.url).host);
    for (const [what, answer] of Object.entries(expected)) expect(seen[what], what).toEqual(answer);
    expect(Object.keys(seen).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it('is told the end of every deployment', () => {
    const ended = told('deployment_success', 'id');
    expect(ended).toEqual(expect.arrayContaining(CHANGES.map(deploymentOf)));
    // Besides: the creations of the app and of the group, and the kill that scaled.
    expect(ended).toHaveLength(CHANGES.length + 3);
    // The plan that met the lock, what was forced over, what was cancelled, and its rollback, forced over in its turn.
    const failed = told('deployment_failed', 'id');
    expect(failed).toEqual(expect.arrayContaining([waiting(), deploymentOf('forced'), deploymentOf('cancelled')]));
    expect(failed).toHaveLength(4);
    // A plan for each that began, and a step for each that came to its end.
    expect(told('deployment_info', 'eventType').length).toBeGreaterThanOrEqual(ended.length);
    expect(told('deployment_step_success', 'eventType').length).toBeGreaterThanOrEqual(ended.length);
  });

  it('is told what became of apps and tasks', () => {
    expect(told('app_terminated_event', 'appId')).toEqual(['/clients/greedy', '/clients/tree/leaf', '/clients/web']);
    expect(told('api_post_event', 'uri')).toEqual([
      '/v2/apps',
      '/v2/apps',
      '/v2/apps/clients/greedy',
      ...Array(3).fill('/v2/apps/clients/web'),
    ]);
    const tasks = (status: string) =>
      seen.events
        .filter(({ taskStatus }) => taskStatus === status)
        .map(({ taskId }) => String(taskId))
        .toSorted();
    expect(tasks('TASK_RUNNING').length).toBeGreaterThan(0);
    expect(tasks('TASK_KILLED')).toEqual(tasks('TASK_RUNNING'));
  });
});
