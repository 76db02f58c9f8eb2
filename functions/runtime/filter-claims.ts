import pMap from 'p-map';
import type { StoredAgent } from '../../lib/state/agents.ts';
import { claimsOf, type HeldClaim, keepClaims } from '../../lib/state/claims.ts';

const AGENTS_AT_ONCE = 16;

/**
 * The agents with those of their claims that stand. Most are judged by what is known: those that need no call cost no
 * promise.
 */
export function filterClaims(
  agents: readonly StoredAgent[],
  stands: (claim: HeldClaim) => boolean | Promise<boolean>,
): Promise<readonly StoredAgent[]> {
  return pMap(
    agents,
    async (agent) => {
      const { value, rev } = agent.claims;
      const judged = claimsOf(value).map(stands);
      const verdicts = judged.every((verdict) => typeof verdict === 'boolean') ? judged : await Promise.all(judged);
      return { ...agent, claims: { value: keepClaims(value, verdicts), rev } };
    },
    { concurrency: AGENTS_AT_ONCE },
  );
}
