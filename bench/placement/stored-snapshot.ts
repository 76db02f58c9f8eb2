import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { toInstanceAgent } from '../../lib/model/agent.ts';
import type { LaunchId } from '../../lib/model/ids.ts';
import type { ClusterSnapshot, Placement } from '../../lib/model/schedule.ts';
import { PlacementMemory } from '../../lib/placement/placement-memory.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';
import { placeable, type StoredAgent } from '../../lib/state/agents.ts';
import { type HeldClaim, toAgentClaims } from '../../lib/state/claims.ts';
import { median } from '../median.ts';
import { snapshotOf } from './cells.ts';
import { benchApp, benchLaunches } from './fixed-input.ts';

const AGENTS = 10_000;
const MIB = 2 ** 20;

const storedRun = z.object({
  /** Of the stored text. */
  textMiB: z.number(),
  /** Decoded, indexed and placed, in a process that has not run any of it before. */
  ms: z.number(),
  /** The processor's part of it, on all cores. */
  cpuMs: z.number(),
  /** What the heap and buffers hold of it after a garbage collection. */
  heldMiB: z.number(),
  /** The most that the process had resident, the text included, over what it had before. */
  peakMiB: z.number(),
});
export type StoredRun = z.infer<typeof storedRun>;

/**
 * Decodes, indexes and uses a stored snapshot of 10,000 agents that hold 100,000 instances, each time in a process that
 * does nothing else; medians. `main` is run again, with `--write FILE`, then `--read FILE`. To be measured before all
 * else: a process begins with the peak of the one that starts it.
 */
export async function measureStoredSnapshot(main: string, rounds: number): Promise<StoredRun> {
  const folder = mkdtempSync(join(tmpdir(), 'stride-snapshot-'));
  const file = join(folder, 'snapshot.json');
  try {
    await ended(fork(fileURLToPath(main), ['--write', file]));
    const runs: StoredRun[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const child = fork(fileURLToPath(main), ['--read', file], { execArgv: [...process.execArgv, '--expose-gc'] });
      const [[answer]] = await Promise.all([once(child, 'message'), ended(child)]);
      runs.push(storedRun.parse(answer));
    }
    const middle = (key: keyof StoredRun): number => Number(median(runs.map((run) => run[key])).toPrecision(4));
    return {
      textMiB: middle('textMiB'),
      ms: middle('ms'),
      cpuMs: middle('cpuMs'),
      heldMiB: middle('heldMiB'),
      peakMiB: middle('peakMiB'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${child.spawnargs.at(-2)} ended with ${code}`);
}

/** A full cluster in which ten apps have been scaled from 100 to 200 instances; its agents as the tick stores them. */
export function writeStoredSnapshot(file: string): void {
  const full = snapshotOf({ agents: AGENTS, instances: 100_000, mix: 'mixed', fill: 0, batch: 'all' });
  const { placements } = planSchedule(full);
  const held = Map.groupBy(placements, ({ agent }) => agent);
  const agents = full.agents.map(
    ({ facts, host }): StoredAgent => ({
      id: facts.id,
      facts: { value: facts, rev: 1 },
      host: { value: host, rev: 1 },
      claims: { value: toAgentClaims(facts.id, 1, toClaims(held.get(facts.id))), rev: 1 },
    }),
  );
  const scaled = Array.from({ length: 10 }, (_, a) => ({ ...benchApp(a, 'mixed'), instances: 200 }));
  const pending = scaled.flatMap((app) => benchLaunches(app, 100, 100));
  const agentById = new Map(full.agents.map((agent) => [agent.facts.id, agent]));
  const agentOf = new Map(placements.map(({ instance, agent }) => [instance, agentById.get(agent)]));
  const instances = scaled.map(({ id }) => {
    const running = (full.instances.get(id) ?? []).flatMap((instance) => {
      const agent = agentOf.get(instance.id);
      return agent === undefined ? [] : [{ ...instance, condition: 'Running', agent: toInstanceAgent(agent) }];
    });
    return [id, running];
  });
  writeFileSync(file, JSON.stringify({ ...full, agents, pending, instances }));
}

/** Each with a launch of its own. */
const toClaims = (placements: readonly Placement[] = []): readonly HeldClaim[] =>
  placements.map(({ instance, runSpec, resources, hostPorts }) => ({
    launch: randomUUID() as LaunchId,
    instance,
    runSpec,
    resources,
    hostPorts,
    instanceRev: 1,
  }));

/** Measures one reading of it and tells the parent. */
export function readStoredSnapshot(file: string): void {
  const before = { held: heldBytes(), resident: process.memoryUsage().rss };
  const stored = readFileSync(file, 'latin1');
  const [started, busy] = [performance.now(), process.cpuUsage()];
  const { agents, instances, ...rest } = JSON.parse(stored);
  const snapshot: ClusterSnapshot = { ...rest, agents: placeable(agents), instances: new Map(instances) };
  const memory = new PlacementMemory();
  const { placements } = planSchedule(snapshot, memory);
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(busy);
  const cpuMs = (user + system) / 1_000;
  if (placements.length !== 1_000) throw new Error(`${placements.length} of 1,000 placed`);
  const peakMiB = (process.resourceUsage().maxRSS * 1_024 - before.resident) / MIB;
  const heldMiB = (heldBytes() - before.held) / MIB;
  const kept = { snapshot, memory };
  process.send?.({ textMiB: stored.length / MIB, ms, cpuMs, heldMiB, peakMiB } satisfies StoredRun, () => {
    if (kept.snapshot.agents.length !== AGENTS) throw new Error('not the stored agents');
  });
}

function heldBytes(): number {
  if (globalThis.gc === undefined) throw new Error('memory is measured with --expose-gc');
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
