import { existsSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

const NS_PER_MS = 1e6;

/** How long the main thread was ready to run and had no core, in ms; undefined where the system does not tell. */
function waitedForCoreMs(): number | undefined {
  const path = '/proc/self/schedstat';
  if (!existsSync(path)) return undefined;
  const [, waited] = readFileSync(path, 'utf8').split(' ').map(Number);
  return waited === undefined ? undefined : waited / NS_PER_MS;
}

const JIFFY_MS = 10;

/** How long the machine's cores had work and were given to other machines, in ms; undefined where nothing tells. */
function stolenMs(): number | undefined {
  const path = '/proc/stat';
  if (!existsSync(path)) return undefined;
  const steal = readFileSync(path, 'utf8').split('\n', 1)[0]?.split(/\s+/)[8];
  return steal === undefined ? undefined : Number(steal) * JIFFY_MS;
}

/**
 * What the process and the machine did from now on: its CPU time, the share of time for which the machine had no core
 * for it, how much of a core the machine itself did without, the delays of its event loop and its longest pause for
 * garbage.
 */
export function watchMachine() {
  const [cpu, waited, stolen] = [process.cpuUsage(), waitedForCoreMs(), stolenMs()];
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let longestGcMs = 0;
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestGcMs = Math.max(longestGcMs, duration);
  });
  collections.observe({ entryTypes: ['gc'] });
  return {
    result(elapsedMs: number) {
      delay.disable();
      collections.disconnect();
      const { user, system } = process.cpuUsage(cpu);
      const [waitedNow, stolenNow] = [waitedForCoreMs(), stolenMs()];
      const share = (ms: number): number => Number((ms / elapsedMs).toFixed(3));
      return {
        cpuOfOneCore: share((user + system) / 1000),
        ...(waited !== undefined && waitedNow !== undefined && { waitedForCore: share(waitedNow - waited) }),
        ...(stolen !== undefined && stolenNow !== undefined && { stolenOfOneCore: share(stolenNow - stolen) }),
        eventLoopDelayMs: { p99: Math.round(delay.percentile(99) / NS_PER_MS), max: Math.round(delay.max / NS_PER_MS) },
        longestGcMs: Math.round(longestGcMs),
      };
    },
  };
}
