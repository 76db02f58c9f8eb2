import type { AgentSighting } from '../../lib/gateways/cluster.ts';
import type { AgentFacts, Claim } from '../../lib/model/agent.ts';
import { addResources, NO_RESOURCES, type Resources, subtractResources } from '../../lib/model/resources.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { StoredAgent } from '../../lib/state/agents.ts';
import { claimsOf } from '../../lib/state/claims.ts';
import type { TickDeps } from './deps.ts';

function notNegative(resources: Resources): Resources {
  const { cpus, mem, disk, gpus } = resources;
  return { cpus: Math.max(0, cpus), mem: Math.max(0, mem), disk: Math.max(0, disk), gpus: Math.max(0, gpus) };
}

/** Whether a claim's task takes its resources on the agent already, and still. */
type IsTaken = (claim: Claim) => boolean;

/** What tasks that are not ours take: used, less what our claims with a task there account for. */
function foreignUsage(sighting: AgentSighting, stored: StoredAgent | undefined, isTaken: IsTaken): Resources {
  const claimed = (stored === undefined ? [] : claimsOf(stored.claims.value))
    .filter(isTaken)
    .reduce((sum, claim) => addResources(sum, { ...claim.resources, disk: 0 }), NO_RESOURCES);
  return notNegative(subtractResources(subtractResources(sighting.registered, sighting.remaining), claimed));
}

/** The agents as stored. One that cannot be read is left out and logged: nothing is placed there (principle 11). */
export function listAgents({ state, log }: TickDeps): Promise<readonly StoredAgent[]> {
  return state.agents.list((agent, error) => log.error('agent quarantined', error, { agent }));
}

function toFacts(
  sighting: AgentSighting,
  stored: StoredAgent | undefined,
  foreign: Resources,
  now: Instant,
): AgentFacts {
  const { remaining: _remaining, ...facts } = sighting;
  const known = stored?.facts?.value;
  const connectedSince = known?.connected === sighting.connected ? known.connectedSince : now;
  return { ...facts, foreign, connectedSince };
}

/**
 * Brings the stored facts of all agents up to what ECS says now, and learns the hosts of new ones from EC2. Facts with
 * a higher version win, so a slow reader never overwrites newer ones.
 * `isTaken`: given by a caller that has just looked at what runs; else usage by others is kept as it was.
 */
export async function refreshAgents(deps: TickDeps, isTaken: IsTaken | undefined): Promise<void> {
  const { state, cluster, clock } = deps;
  const [sightings, stored] = await Promise.all([cluster.listAgents(), listAgents(deps)]);
  const byId = new Map(stored.map((agent) => [agent.id, agent]));
  const now = clock.now();
  await Promise.all(
    sightings.map(async (sighting) => {
      const known = byId.get(sighting.id);
      const facts = known?.facts;
      if (facts !== undefined && facts.value.version > sighting.version) return;
      const foreign =
        isTaken === undefined ? (facts?.value.foreign ?? NO_RESOURCES) : foreignUsage(sighting, known, isTaken);
      const fresh = toFacts(sighting, known, foreign, now);
      if (JSON.stringify(fresh) === JSON.stringify(facts?.value)) return;
      await state.agents.replaceFacts(fresh, facts?.rev ?? 0);
    }),
  );
  const withoutHost = sightings.filter(({ id }) => byId.get(id)?.host === undefined).map(({ id }) => id);
  const hosts = withoutHost.length === 0 ? [] : await cluster.describeHosts(withoutHost);
  await Promise.all(hosts.map((host) => state.agents.putHost(host)));
  const seen = new Set(sightings.map(({ id }) => id));
  const gone = stored.filter(({ id, claims }) => !seen.has(id) && claims.value.lines.length === 0);
  await Promise.all(gone.map((agent) => state.agents.forget(agent, now)));
}

/** Whether an agent was heard of in an event that the stored facts do not reflect yet. */
export const hasNews = ({ facts, heard }: StoredAgent): boolean =>
  heard !== undefined && facts !== undefined && heard.value.version > facts.value.version;

/** Whether something is missing that placement needs. */
export const needsRefresh = (agents: readonly StoredAgent[]): boolean =>
  agents.length === 0 || agents.some(({ facts, host }) => facts === undefined || host === undefined);
