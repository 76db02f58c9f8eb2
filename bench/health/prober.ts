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

const APPS = 10;
/** Connections are made and everybody was asked before anything is measured. */
const WARM_UP_MS = 6_000;
const WINDOW_MS = 100;

const order = z.object({
  tasks: z.int(),
  ports: z.array(z.int()),
  silentPorts: z.array(z.int()),
  measureMs: z.int(),
});

/** Running instances, each with its own address, in a table that the prober reads as it would on AWS. */
async function makeTasks(state: ReturnType<typeof createState>, layout: Layout): Promise<ReadonlySet<InstanceId>> {
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

const percentilesOf = (lag: ReturnType<typeof createHistogram>) => ({
  p50: lag.percentile(50),
  p99: lag.percentile(99),
  max: lag.max,
});

async function measure(layout: z.infer<typeof order>) {
  const state = createState(createMemoryStore(), 'bench');
  const silent = await makeTasks(state, layout);
  const lag = createHistogram();
  const windows = new Map<number, number>();
  let [measuring, answering] = [false, 0];
  const health = createHealth({
    state,
    probes: createNodeProbes(),
    clock: systemClock,
    ids: systemIds,
    log: consoleLog,
    shards: 1,
    room: MOST_SOCKETS,
    meter(instance, lagMs) {
      if (!measuring) return;
      const window = Math.floor(Date.now() / WINDOW_MS);
      windows.set(window, (windows.get(window) ?? 0) + 1);
      if (silent.has(instance)) return;
      answering += 1;
      lag.record(Math.max(1, Math.round(lagMs)));
    },
  });
  const over = new AbortController();
  const run = health(0, Date.now() + 10 * 60_000, over.signal);
  await systemClock.sleep(WARM_UP_MS);
  measuring = true;
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await systemClock.sleep(layout.measureMs);
  measuring = false;
  const elapsed = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  over.abort();
  await run;

  const counts = [...windows.values()];
  const probes = counts.reduce((sum, count) => sum + count, 0);
  return {
    probes,
    probesPerSecond: Math.round((probes * 1000) / elapsed),
    answering,
    unhealthy: await countUnhealthy(state),
    lagMs: percentilesOf(lag),
    cpuOfOneCore: Number(((user + system) / 1000 / elapsed).toFixed(3)),
    burst: Number((Math.max(...counts) / (probes / (elapsed / WINDOW_MS))).toFixed(2)),
  };
}

async function countUnhealthy(state: ReturnType<typeof createState>): Promise<number> {
  const { marks } = await state.probing.list();
  const lists = await Promise.all(marks.map(({ runSpec }) => state.instances.list(runSpec)));
  return lists.flat().filter(({ value }) => value.health.some(({ consecutiveFailures }) => consecutiveFailures > 0))
    .length;
}

process.once('message', async (message) => {
  process.send?.(await measure(order.parse(message)));
  process.disconnect();
});
