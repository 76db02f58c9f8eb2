import type { AgentSpec } from '../agents/agent-spec.ts';
import { agentIds, toContainerInstanceArn } from './arns.ts';
import type { EcsState } from './ecs-state.ts';
import type { ContainerInstance } from './entities.ts';
import { registerAgent } from './register-agent.ts';
import type { StateChanges } from './state-changes.ts';
import type { TaskAgents } from './task-agents.ts';

/** What happens to machines from outside of ECS's API: the control port's agent commands. */
export interface AgentControl {
  /** Every container instance, those removed from the agents list (INACTIVE) included. */
  agents(): readonly ContainerInstance[];
  /** A new machine; it stays over restarts. Throws `AgentControlError` when its host is taken. */
  add(agent: AgentSpec): ContainerInstance;
  /** Cuts or restores the agent's connection; its tasks run on, and what they did is told once it is back. */
  setAgentConnected(host: string, connected: boolean): ContainerInstance;
  /** The machine loses power: its processes die by SIGKILL, and nobody is told before it returns. */
  kill(host: string): ContainerInstance;
  /** Power and connection are back: what died is reported. */
  return(host: string): ContainerInstance;
  drain(host: string, draining: boolean): ContainerInstance;
}

/** An agent command that cannot be done; the message says why. */
export class AgentControlError extends Error {
  override readonly name = 'AgentControlError';
}

interface ControlDeps {
  readonly state: EcsState;
  readonly changes: StateChanges;
  readonly agents: TaskAgents;
  readonly cluster: string;
  readonly now: () => number;
}

/** `registerAll` makes the container instances what the agents list and earlier `add`s say. */
export function createAgentControl({
  state,
  changes,
  agents,
  cluster,
  now,
}: ControlDeps): AgentControl & { registerAll(specs: readonly AgentSpec[]): void } {
  const all = () => [...state.instances.values()].filter((each) => each.cluster === cluster);
  const find = (host: string): ContainerInstance => {
    const found = all().find((each) => each.host === host && each.status !== 'INACTIVE');
    if (found !== undefined) return found;
    const hosts = all().filter((each) => each.status !== 'INACTIVE');
    throw new AgentControlError(`no agent ${host}; there are ${hosts.map((each) => each.host).join(', ')}`);
  };
  const register = (agent: AgentSpec, added: boolean): ContainerInstance => {
    const former = state.instances.get(toContainerInstanceArn(cluster, agentIds(cluster, agent.host).instance));
    const instance = registerAgent(agent, former, { cluster, added, now: now() });
    if (former === undefined) state.instances.put({ ...instance, version: 0 });
    return changes.changeInstance(instance.arn, instance);
  };
  const connect = (host: string, change: { agentConnected: boolean; machineRunning: boolean }): ContainerInstance => {
    const before = find(host);
    if (before.agentConnected === change.agentConnected && before.machineRunning === change.machineRunning) {
      return before;
    }
    const at = before.agentConnected === change.agentConnected ? before.connectivityAt : now();
    const after = changes.changeInstance(before.arn, { ...change, connectivityAt: at });
    if (!change.machineRunning) agents.killMachine(after.arn);
    if (change.agentConnected) agents.reconnect(after.arn);
    return find(host);
  };
  return {
    agents: all,
    add(agent) {
      if (all().some((each) => each.host === agent.host && each.status !== 'INACTIVE')) {
        throw new AgentControlError(`host ${agent.host} is an agent already`);
      }
      return register(agent, true);
    },
    setAgentConnected: (host, agentConnected) => {
      if (!find(host).machineRunning) throw new AgentControlError(`agent ${host} is killed: return it first`);
      return connect(host, { agentConnected, machineRunning: true });
    },
    kill: (host) => connect(host, { agentConnected: false, machineRunning: false }),
    return: (host) => connect(host, { agentConnected: true, machineRunning: true }),
    drain: (host, draining) => changes.changeInstance(find(host).arn, { status: draining ? 'DRAINING' : 'ACTIVE' }),
    registerAll(specs) {
      const hosts = new Set(specs.map((agent) => agent.host));
      for (const former of all().filter((each) => !hosts.has(each.host) && each.status !== 'INACTIVE')) {
        const gone = { status: 'INACTIVE', agentConnected: false, machineRunning: false } as const;
        const back = { agentConnected: true, machineRunning: true } as const;
        changes.changeInstance(former.arn, former.added ? back : gone);
      }
      for (const agent of specs) register(agent, false);
    },
  };
}
