import type { LastingRule } from './refusing-rule.ts';

/** The agent takes new work: not draining, not deregistered, and connected to the cluster. */
export const maintenance: LastingRule = {
  name: 'maintenance',
  reason: 'AgentMaintenance',
  refuse(_request, { agent }) {
    const { status, connected } = agent.facts;
    if (status !== 'ACTIVE') return { status };
    return connected ? undefined : { status: 'DISCONNECTED' };
  },
};
