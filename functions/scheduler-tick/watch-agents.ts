import type { AgentFacts } from '../../lib/model/agent.ts';
import type { AgentId } from '../../lib/model/ids.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { StoredAgent } from '../../lib/state/agents.ts';
import { claimsOf } from '../../lib/state/claims.ts';
import type { TickDeps } from './deps.ts';

type Standing = Pick<AgentFacts, 'connected' | 'connectedSince' | 'status'>;

/**
 * Agents as the last pass found them: each pass reads them once, after it has read what it decides on. Holds as long as
 * no other tick was at work in between, which may have seen one come back: then it is to forget them, and to look first.
 */
export function createAgentWatch({ state, ids, config }: Pick<TickDeps, 'state' | 'ids' | 'config'>) {
  let known: ReadonlyMap<AgentId, Standing> | undefined;
  let draining: ReadonlySet<AgentId> = new Set();

  /** Whether an agent's instances need a look for what became of it; of a new one, unless all is well with it. */
  function isNews(id: AgentId, { connected, status }: Standing): boolean {
    const before = known?.get(id) ?? { connected: true, status: 'ACTIVE' };
    return before.connected !== connected || (before.status === 'DRAINING') !== (status === 'DRAINING');
  }

  return {
    forget(): void {
      known = undefined;
      draining = new Set();
    },
    /** Whether no pass has found them yet. */
    isBlind: (): boolean => known === undefined,
    /** Agents that are to be emptied. */
    draining: (): ReadonlySet<AgentId> => draining,
    /** When an agent out of the cluster's reach counts as lost; undefined when it is within reach, or not known. */
    lostAt(id: AgentId): Instant | undefined {
      const agent = known?.get(id);
      return agent === undefined || agent.connected ? undefined : agent.connectedSince + config.agentTimeoutMs;
    },
    isReached: (id: AgentId): boolean => known?.get(id)?.connected === true,
    /** Notes how the agents are, and marks what runs on those that changed. True when something was marked. */
    async note(agents: readonly StoredAgent[]): Promise<boolean> {
      const now = new Map<AgentId, Standing>();
      const concerned = new Set<PathId>();
      for (const { id, facts, claims } of agents) {
        if (facts === undefined) continue;
        const { connected, connectedSince, status } = facts.value;
        const standing: Standing = { connected, connectedSince, status };
        now.set(id, standing);
        if (isNews(id, standing)) for (const { runSpec } of claimsOf(claims.value)) concerned.add(runSpec);
      }
      known = now;
      draining = new Set([...now].filter(([, { status }]) => status === 'DRAINING').map(([id]) => id));
      const mark = ids.timeUuid();
      await Promise.all([...concerned].map((runSpec) => state.coordination.markDirty({ runSpec, mark })));
      return concerned.size > 0;
    },
  };
}

export type AgentWatch = ReturnType<typeof createAgentWatch>;
