/** The prober, in a process of its own: asks all tasks on tables in memory, and tells what it measured. */
import { createHistogram } from 'node:perf_hooks';
import * as z from 'zod';
import { createHealth } from '../../functions/health/health.ts';
import { createNodeProbes, MOST_SOCKETS } from '../../functions/health/node-probes.ts';
import { consoleLog } from '../../functions/runtime/log.ts';
import { systemClock, systemIds } from '../../functions/runtime/system.ts';
import { createMemoryStore } from '../../lib/gateways/memory-store.ts';
import { checksAtLaunch } from '../../lib/health/instance-health.ts';
import { probedTasksDigest } from '../../lib/health/probed-tasks.ts';
import { type InstanceId, type LaunchId, toInstanceId } from '../../lib/model/ids.ts';
import { resolvePathId } from '../../lib/model/path-id.ts';
import { quietly } from '../../lib/state/instances.ts';
import { createState } from '../../lib/state/state.ts';
import { aHealthCheck } from '../../test/fixtures/a-health-check.ts';
import { anApp } from '../../test/fixtures/an-app.ts';
import { anInstance, anInstanceAgent } from '../../test/fixtures/an-instance.ts';
import { addressOf, INTERVAL_SECONDS, isSilent, type Layout, TIMEOUT_SECONDS } from './layout.ts';
import { watchMachine } from './machine.ts';

const APPS = 10;
/** All tasks begin to run at one moment, which is worse than any launcher can do: so long after they are stored. */
const MAKING_MS = 6_000;
const READING_MS = 2_000;
/** All are asked for the first time within this (lib/health/schedule.ts): at twice the rate of later. */
const START_MS = 5_000;
/** Until each check has come to its own place in the interval: at most one and a half. */
const SETTLING_MS = 1.5 * INTERVAL_SECONDS * 1000;
const WINDOW_MS = 100;

const order = z.object({
  tasks: z.int(),
  ports: z.array(z.int()),
  silentPorts: z.array(z.int()),
  measureMs: z.int(),
});

/** Running instances, each with its own address, in a table that the prober reads as it would on AWS. */
async function makeTasks(
  state: ReturnType<typeof createState>,
  layout: Layout,
  since: number,
): Promise<ReadonlySet<InstanceId>> {
  const silent = new Set<InstanceId>();
  const check = aHealthCheck({
    intervalSeconds: INTERVAL_SECONDS,
    timeoutSeconds: TIMEOUT_SECONDS,
    gracePeriodSeconds: 0,
    maxConsecutiveFailures: 0,
  });
  for (let number = 0; number < APPS; number += 1) {
    const id = resolvePathId(`/app-${number}`);
    const spec = anApp({ id, healthChecks: [check] });
    const runSpecHash = await state.definitions.putSpec({ spec, former: [] });
    const instances = Array.from({ length: layout.tasks / APPS }, (_, nth) => {
      const index = nth * APPS + number;
      const { host, port } = addressOf(layout, index);
      const instance = anInstance({
        id: toInstanceId(id, systemIds.timeUuid()),
        runSpec: id,
        runSpecHash,
        agent: anInstanceAgent({ ipAddresses: [host] }),
        hostPorts: [port],
        since,
        launch: { id: systemIds.uuid() as LaunchId, at: 0, ecsVersion: 1 },
        ...checksAtLaunch(spec),
      });
      if (isSilent(layout, index)) silent.add(instance.id);
      return instance;
    });
    for (const instance of instances) await state.instances.replace(instance, 0, quietly([]));
    await state.probing.putMark({ runSpec: id, digest: probedTasksDigest(instances) });
  }
  return silent;
}

/** Probes of one phase: how late each was sent, and how many in each window. */
function createTally() {
  const lag = createHistogram();
  const windows = new Map<number, number>();
  return {
    count(): void {
      const window = Math.floor(Date.now() / WINDOW_MS);
      windows.set(window, (windows.get(window) ?? 0) + 1);
    },
    record: (lagMs: number): void => lag.record(Math.max(1, Math.round(lagMs))),
    result(elapsedMs: number) {
      const counts = [...windows.values()];
      const probes = counts.reduce((sum, count) => sum + count, 0);
      return {
        probes,
        probesPerSecond: Math.round((probes * 1000) / elapsedMs),
        answering: lag.count,
        lagMs: { p50: lag.percentile(50), p99: lag.percentile(99), max: lag.max },
        burst: Number((Math.max(...counts) / (probes / (elapsedMs / WINDOW_MS))).toFixed(2)),
      };
    },
  };
}

/** One phase, with what the process did meanwhile. */
async function observe(tally: ReturnType<typeof createTally>, ms: number) {
  const machine = watchMachine();
  const began = performance.now();
  await systemClock.sleep(ms);
  const elapsed = performance.now() - began;
  return { ...tally.result(elapsed), ...machine.result(elapsed) };
}

async function measure(layout: z.infer<typeof order>) {
  const state = createState(createMemoryStore(), 'bench');
  const startsAt = Date.now() + MAKING_MS;
  const silent = await makeTasks(state, layout, startsAt);
  const [start, steady] = [createTally(), createTally()];
  let tally: typeof start | undefined = start;
  const health = createHealth({
    state,
    probes: createNodeProbes(),
    clock: systemClock,
    ids: systemIds,
    log: consoleLog,
    shards: 1,
    room: MOST_SOCKETS,
    meter(instance, lagMs) {
      tally?.count();
      if (!silent.has(instance)) tally?.record(lagMs);
    },
  });
  const over = new AbortController();
  await systemClock.sleep(Math.max(0, startsAt - Date.now() - READING_MS));
  const run = health(0, Date.now() + 10 * 60_000, over.signal);
  await systemClock.sleep(startsAt - Date.now());
  const started = await observe(start, START_MS);
  tally = undefined;
  await systemClock.sleep(SETTLING_MS);
  tally = steady;
  process.send?.('steady');
  const result = await observe(steady, layout.measureMs);
  tally = undefined;
  over.abort();
  await run;
  return { ...result, unhealthy: await countUnhealthy(state), start: started };
}

async function countUnhealthy(state: ReturnType<typeof createState>): Promise<number> {
  const { marks } = await state.probing.list();
  const lists = await Promise.all(marks.map(({ runSpec }) => state.instances.list(runSpec)));
  return lists.flat().filter(({ value }) => value.health.some(({ consecutiveFailures }) => consecutiveFailures > 0))
    .length;
}

process.once('disconnect', () => process.exit());
process.once('message', async (message) => {
  process.send?.(await measure(order.parse(message)));
  process.disconnect();
});
