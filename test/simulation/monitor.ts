import type { ChangeRecord } from '../../lib/gateways/store.ts';
import type { Claim } from '../../lib/model/agent.ts';
import type { LaunchId, TaskArn } from '../../lib/model/ids.ts';
import { type Instance, isTerminal } from '../../lib/model/instance.ts';
import { addResources, NO_RESOURCES } from '../../lib/model/resources.ts';
import type { TaskSighting } from '../../lib/model/task.ts';
import type { AgentClaims } from '../../lib/state/agents.ts';
import { decodeItem } from '../../lib/state/items.ts';
import { EACH_AGENT } from './simulated-cluster.ts';

/**
 * Watches every change of the table and of every task, and writes down each moment at which something holds that never
 * may: two live tasks of one launch, more live tasks than allowed, one host port twice, more promised on an agent than
 * it has, a live task whose instance counts on it without a claim.
 */
export function createMonitor() {
  const violations = new Set<string>();
  const live = new Map<TaskArn, TaskSighting>();
  const claims = new Map<string, readonly Claim[]>();
  const everClaimed = new Map<LaunchId, Claim>();
  const instances = new Map<string, Instance>();
  let mostLive = 0;
  let limit = Number.POSITIVE_INFINITY;

  function checkTasks(): void {
    mostLive = Math.max(mostLive, live.size);
    if (live.size > limit) violations.add(`${live.size} tasks live, ${limit} allowed`);
    const launches = new Set<string>();
    const ports = new Set<string>();
    for (const { launch, containerInstance } of live.values()) {
      if (launch === undefined) continue;
      if (launches.has(launch)) violations.add(`two live tasks of launch ${launch}`);
      launches.add(launch);
      for (const port of everClaimed.get(launch)?.hostPorts ?? []) {
        const key = `${containerInstance}:${port}`;
        if (ports.has(key)) violations.add(`host port ${key} taken twice`);
        ports.add(key);
      }
    }
  }

  function checkClaims(): void {
    const claimed = new Set([...claims.values()].flat().map(({ launch }) => launch));
    const liveLaunches = new Set([...live.values()].map(({ launch }) => launch));
    for (const { id, launch, condition } of instances.values()) {
      if (launch === undefined || isTerminal(condition) || !liveLaunches.has(launch.id)) continue;
      if (!claimed.has(launch.id)) violations.add(`the task of ${id} runs without a claim`);
    }
    for (const [agent, held] of claims) {
      const { cpus, mem, disk } = held.reduce((sum, { resources }) => addResources(sum, resources), NO_RESOURCES);
      const over = cpus > EACH_AGENT.cpus + 1e-9 || mem > EACH_AGENT.mem || disk > EACH_AGENT.disk;
      if (over) violations.add(`${agent} is promised away: ${JSON.stringify({ cpus, mem, disk })}`);
    }
  }

  return {
    violations: (): readonly string[] => [...violations],
    /** The most tasks that were live at one time since the limit was last set. */
    mostLive: (): number => mostLive,
    /** How many live tasks there may be from now on. */
    allow(tasks: number): void {
      limit = tasks;
      mostLive = 0;
      checkTasks();
    },
    taskChanged(task: TaskSighting): void {
      if (task.lastStatus === 'STOPPED') live.delete(task.arn);
      else live.set(task.arn, task);
      checkTasks();
      checkClaims();
    },
    stored({ key, item }: ChangeRecord): void {
      if (key.sk.endsWith('#CLAIMS')) {
        const held = item === undefined ? [] : decodeItem<AgentClaims>(item, 'claims').value.claims;
        for (const claim of held) everClaimed.set(claim.launch, claim);
        claims.set(key.sk, held);
        checkClaims();
      } else if (key.pk.includes('#INSTANCE#')) {
        if (item === undefined) instances.delete(key.sk);
        else instances.set(key.sk, decodeItem<Instance>(item, 'instance').value);
        checkClaims();
      }
    },
  };
}
