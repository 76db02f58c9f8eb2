import { type Item, queryAll, type Store } from '../gateways/store.ts';
import type { Agent, AgentFacts, AgentHeard, HostFacts } from '../model/agent.ts';
import type { AgentId } from '../model/ids.ts';
import type { Outbox } from '../model/outbox.ts';
import type { Instant } from '../model/timestamp.ts';
import { type AgentClaims, type HeldClaim, toAgentClaims } from './claims.ts';
import { createItemMemory } from './item-memory.ts';
import { decodeItem, encodeItem, UndecodableItem, unchangedSince, type Versioned } from './items.ts';
import type { StateKeys } from './keys.ts';
import { replaceEncoded, replaceItem } from './replace-item.ts';

/** One agent with the revisions of its parts; parts that were never written are missing. */
export interface StoredAgent {
  readonly id: AgentId;
  readonly heard?: Versioned<AgentHeard>;
  readonly facts?: Versioned<AgentFacts>;
  readonly host?: Versioned<HostFacts>;
  readonly claims: Versioned<AgentClaims>;
}

export const CLAIMS = 'claim-lines';
/** The type of claims before they were lines (ADR 11): read until the next write makes lines of them. */
const FORMER_CLAIMS = 'claims';
/** Agents whose decoded parts one process keeps. */
const REMEMBERED = 20_000;
/** Longer than any process lives that may have read them. */
const FORGOTTEN_CLAIMS_SECONDS = 24 * 3600;

/** Whether anything is left of an agent besides claims that hold nothing. */
const isKnown = ({ facts, host, heard, claims }: StoredAgent): boolean =>
  facts !== undefined || host !== undefined || heard !== undefined || claims.value.lines.length > 0;

const noClaims = (agent: AgentId): Versioned<AgentClaims> => ({ value: toAgentClaims(agent, 0, []), rev: 0 });

function formerClaims(item: Item): Versioned<AgentClaims> {
  type Former = Pick<AgentClaims, 'agent' | 'fence'> & { readonly claims: readonly HeldClaim[] };
  const { value, rev } = decodeItem<Former>(item, FORMER_CLAIMS);
  return { value: toAgentClaims(value.agent, value.fence, value.claims), rev };
}

/** What is known of the agents and what is promised on them. */
export function createAgents(store: Store, keys: StateKeys) {
  const memory = {
    facts: createItemMemory<AgentFacts>('facts', REMEMBERED),
    heard: createItemMemory<AgentHeard>('heard', REMEMBERED),
    host: createItemMemory<HostFacts>('host', REMEMBERED),
    claims: createItemMemory<AgentClaims>(CLAIMS, REMEMBERED),
  };

  function withPart(agent: StoredAgent, part: string, item: Item): StoredAgent {
    switch (part) {
      case 'FACTS':
        return { ...agent, facts: memory.facts.decode(item) };
      case 'HEARD':
        return { ...agent, heard: memory.heard.decode(item) };
      case 'HOST':
        return { ...agent, host: memory.host.decode(item) };
      case 'CLAIMS':
        return { ...agent, claims: item['type'] === FORMER_CLAIMS ? formerClaims(item) : memory.claims.decode(item) };
      default:
        return agent;
    }
  }

  /** All agents. One with a part that cannot be decoded is left out and told to `quarantine`; without it, thrown. */
  async function list(quarantine?: (agent: AgentId, error: UndecodableItem) => void): Promise<readonly StoredAgent[]> {
    const agents = new Map<AgentId, StoredAgent>();
    const poisoned = new Set<AgentId>();
    for (const item of await queryAll(store, keys.agents)) {
      const cut = item.sk.lastIndexOf('#');
      const id = item.sk.slice(0, cut) as AgentId;
      try {
        agents.set(id, withPart(agents.get(id) ?? { id, claims: noClaims(id) }, item.sk.slice(cut + 1), item));
      } catch (error) {
        if (quarantine === undefined || !(error instanceof UndecodableItem)) throw error;
        poisoned.add(id);
        quarantine(id, error);
      }
    }
    return [...agents.values()].filter((agent) => isKnown(agent) && !poisoned.has(agent.id));
  }

  return {
    list,
    replaceFacts: (facts: AgentFacts, rev: number): Promise<boolean> =>
      replaceItem(store, keys.agentFacts(facts.id), 'facts', facts, rev),
    async getHeard(id: AgentId): Promise<Versioned<AgentHeard> | undefined> {
      const item = await store.get(keys.agentHeard(id));
      return item === undefined ? undefined : memory.heard.decode(item);
    },
    replaceHeard: (heard: AgentHeard, rev: number, outbox: Outbox): Promise<boolean> =>
      replaceItem(store, keys.agentHeard(heard.agent), 'heard', heard, rev, outbox),
    /** Asked once per agent and immutable, so it is put without a condition. */
    putHost: (host: HostFacts): Promise<boolean> => store.put(encodeItem(keys.agentHost(host.id), 'host', host, 1)),
    replaceClaims(claims: AgentClaims, rev: number): Promise<boolean> {
      const item = encodeItem(keys.agentClaims(claims.agent), CLAIMS, claims, rev + 1);
      memory.claims.note(item, claims);
      return replaceEncoded(store, item, rev);
    },
    /**
     * Forgets an agent that ECS no longer lists and that nothing is promised on. Not when a promise was made meanwhile:
     * lists of ECS are old now and then. The claims stay for a day without any, so that revisions do not begin anew and
     * a tick that stood still cannot mistake a later one for the one it read.
     */
    async forget({ id, claims }: StoredAgent, now: Instant): Promise<void> {
      if (claims.rev > 0) {
        const ttl = Math.floor(now / 1000) + FORGOTTEN_CLAIMS_SECONDS;
        const empty = encodeItem(
          keys.agentClaims(id),
          CLAIMS,
          toAgentClaims(id, claims.value.fence, []),
          claims.rev + 1,
        );
        if (!(await store.put({ ...empty, ttl }, unchangedSince(claims.rev)))) return;
      }
      await store.delete(keys.agentFacts(id));
      await store.delete(keys.agentHost(id));
      await store.delete(keys.agentHeard(id));
    },
    /** ARN of a registered task definition by its content-addressed family; saves the budget of one call a second. */
    async findTaskDefinition(family: string): Promise<string | undefined> {
      const item = await store.get(keys.taskDefinition(family));
      return item === undefined ? undefined : decodeItem<string>(item, 'task-definition').value;
    },
    putTaskDefinition: (family: string, arn: string): Promise<boolean> =>
      store.put(encodeItem(keys.taskDefinition(family), 'task-definition', arn, 1)),
  };
}

/** Agents of which enough is known to place on them. */
export function placeable(agents: readonly StoredAgent[]): readonly Agent[] {
  return agents.flatMap(({ facts, host, claims }) =>
    facts === undefined || host === undefined
      ? []
      : [{ facts: facts.value, host: host.value, held: claims.value.held }],
  );
}
