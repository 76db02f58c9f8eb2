/**
 * `npm run bench:health`: one prober and 10,000 tasks that are asked each 10 s, in separate processes; once all answer,
 * once every tenth says nothing. The start, when all tasks begin at once, is told beside the steady state; ends with 1
 * when in that the prober is late (from when a probe is due until its request is sent), busy or uneven.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { HOSTS, INTERVAL_SECONDS } from './layout.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '30' },
    json: { type: 'string' },
  },
});
const tasks = Number(values.tasks);
const measureMs = Number(values.seconds) * 1000;
if (!(measureMs >= INTERVAL_SECONDS * 1000)) throw new Error(`--seconds: at least an interval, ${INTERVAL_SECONDS}`);

const LIMITS = { lagP99Ms: 100, cpuOfOneCore: 0.6, burst: 2, lagFactor: 2 };
const portsSchema = z.object({ ports: z.array(z.int()), silentPorts: z.array(z.int()) });
const phase = z.object({
  probes: z.int(),
  probesPerSecond: z.number(),
  answering: z.int(),
  lagMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
  burst: z.number(),
  cpuOfOneCore: z.number(),
  waitedForCore: z.number().optional(),
  stolenOfOneCore: z.number().optional(),
  eventLoopDelayMs: z.object({ p99: z.number(), max: z.number() }),
  longestGcMs: z.number(),
});
const measured = phase.extend({ unhealthy: z.int(), start: phase });
const cpuTime = z.object({ cpuMs: z.number() });

const start = (file: URL, ...args: readonly string[]): ChildProcess =>
  fork(fileURLToPath(file), args, { execArgv: ['--disable-warning=ExperimentalWarning'] });

async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.at(-1)} ended with ${code} before it answered`);
  });
  const [answer]: unknown[] = await Promise.race([once(child, 'message'), ended]);
  return answer;
}

async function cpuMsOf(target: ChildProcess): Promise<number> {
  const answer = answerOf(target);
  target.send('cpu');
  return cpuTime.parse(await answer).cpuMs;
}

async function run(silentShare: number) {
  const listeners = Math.ceil(tasks / HOSTS);
  const silent = Math.round(listeners * silentShare);
  const target = start(new URL('./target.ts', import.meta.url), String(listeners - silent), String(silent));
  const prober = start(new URL('./prober.ts', import.meta.url));
  try {
    const ports = portsSchema.parse(await answerOf(target));
    prober.send({ tasks, measureMs, ...ports });
    await answerOf(prober);
    const before = await cpuMsOf(target);
    const result = measured.parse(await answerOf(prober));
    const targetCpuOfOneCore = Number((((await cpuMsOf(target)) - before) / measureMs).toFixed(3));
    const expected = Math.min(tasks, silent * HOSTS);
    if (result.unhealthy !== expected) throw new Error(`${result.unhealthy} tasks are unhealthy, not ${expected}`);
    return { ...result, targetCpuOfOneCore };
  } finally {
    target.kill();
    prober.kill();
  }
}

const calm = await run(0);
const withBlackHoles = await run(0.1);
const broken = [
  ...(calm.lagMs.p99 > LIMITS.lagP99Ms ? [`lag p99 ${calm.lagMs.p99} ms`] : []),
  ...(calm.cpuOfOneCore > LIMITS.cpuOfOneCore ? [`${calm.cpuOfOneCore} of one core`] : []),
  ...(calm.burst > LIMITS.burst ? [`bursts of ${calm.burst} times the mean`] : []),
  ...(withBlackHoles.lagMs.p99 > Math.max(LIMITS.lagFactor * calm.lagMs.p99, LIMITS.lagP99Ms)
    ? [`black holes: lag p99 ${withBlackHoles.lagMs.p99} ms`]
    : []),
];
const result = { tasks, intervalSeconds: INTERVAL_SECONDS, calm, withBlackHoles, limits: LIMITS, broken };
console.log(JSON.stringify(result, null, 2));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
process.exitCode = broken.length > 0 ? 1 : 0;
