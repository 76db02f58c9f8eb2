import { isStatic } from '../constraints/constraint-holds.ts';
import type { Agent } from '../model/agent.ts';
import type { AgentId, InstanceId } from '../model/ids.ts';
import { type Rejection, type RejectionReason, RULE_NAMES, type RuleName } from '../model/rejection.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { Unplaced } from '../model/schedule.ts';
import type { Timestamp } from '../model/timestamp.ts';
import { type Cure, cureOf, WAKING_CHANGES, type WakingChange } from './cure.ts';
import { fittingAgentText } from './fitting-agent.ts';

/** How many of the agents that lack least are told. */
const NEAREST = 5;

/** One rule of the chain: how many agents came to it, and how many it refused. */
export interface FunnelRow {
  readonly rule: RuleName;
  readonly processed: number;
  readonly declined: number;
  /** What may change the answer of those that it refused. */
  readonly wakes: readonly WakingChange[];
}

/** One thing that an agent lacks. */
export interface Lack {
  readonly rule: RuleName;
  readonly reason: RejectionReason;
  readonly detail: Rejection['detail'];
  readonly cure: string;
  readonly wakes: readonly WakingChange[];
}

export interface NearAgent {
  readonly agent: AgentId;
  readonly host: string;
  /** Everything that keeps it from taking one, in the order of the rules. */
  readonly lacks: readonly Lack[];
}

/** Why instances that ask the same of an agent wait, and what would end it. */
export interface Explanation {
  readonly version: Timestamp;
  readonly instances: readonly InstanceId[];
  /** How many agents were looked at. */
  readonly agents: number;
  /** In the order of the rules: each agent is lost once, at the first rule that refuses it. */
  readonly funnel: readonly FunnelRow[];
  /** The agents that lack least, the nearest first. */
  readonly nearest: readonly NearAgent[];
  /** Any one of these would let one more instance start, on agents as they are now. */
  readonly cures: readonly string[];
  readonly wakes: readonly WakingChange[];
}

interface Refusing {
  readonly agent: Agent;
  readonly rejections: readonly Rejection[];
  readonly cures: readonly Cure[];
}

/** How far an agent is from taking one: what nothing but its owner can change weighs most, then how much is missing. */
function distance({ rejections }: Refusing, spec: RunSpec): readonly number[] {
  const isLasting = ({ rule, detail }: Rejection): boolean =>
    rule === 'role' ||
    rule === 'fault-domain' ||
    rule === 'volume-zone' ||
    rule === 'reservation' ||
    (rule === 'constraint' && spec.constraints.some((one) => one.operator === detail['operator'] && isStatic(one)));
  const shares = rejections.map(({ detail: { needed, free } }) =>
    typeof needed === 'number' && typeof free === 'number' && needed > 0 ? (needed - free) / needed : 0,
  );
  return [rejections.filter(isLasting).length, rejections.length, shares.reduce((sum, share) => sum + share, 0)];
}

function byDistance(a: readonly number[], b: readonly number[]): number {
  for (const [index, far] of a.entries()) if (far !== b[index]) return far - (b[index] ?? 0);
  return 0;
}

/** The zones that the run spec's volumes bind it to, as the refusals tell. */
function volumeZonesIn(refusing: readonly Refusing[]): readonly string[] {
  const told = refusing.flatMap(({ rejections }) => rejections.filter(({ rule }) => rule === 'volume-zone'));
  return [...new Set(told.map(({ detail }) => String(detail['needed'])))].toSorted();
}

const inOrder = (wakes: Iterable<WakingChange>): readonly WakingChange[] => {
  const known = new Set(wakes);
  return WAKING_CHANGES.filter((change) => known.has(change));
};

function funnelOf(refusing: readonly Refusing[]): readonly FunnelRow[] {
  let left = refusing.length;
  return RULE_NAMES.map((rule) => {
    const lost = refusing.filter(({ rejections }) => rejections[0]?.rule === rule);
    const wakes = inOrder(lost.flatMap(({ cures }) => cures[0]?.wakes ?? []));
    const row = { rule, processed: left, declined: lost.length, wakes };
    left -= lost.length;
    return row;
  });
}

function nearAgent({ agent: { facts, host }, rejections, cures }: Refusing): NearAgent {
  const lacks = rejections.map(({ rule, reason, detail }, index): Lack => {
    const { text = '', wakes = [] } = cures[index] ?? {};
    return { rule, reason, detail, cure: text, wakes };
  });
  return { agent: facts.id, host: host.host, lacks };
}

const cureText = ({ host, agent, lacks }: NearAgent): string =>
  `on agent ${agent} (${host}): ${lacks.map(({ cure }) => cure).join(', and ')}`;

/**
 * Explains one entry of a plan's `unplaced`. `agents`: those of the plan's snapshot. To be asked before the next plan
 * with the same memory, as the refusals.
 */
export function explainUnplaced(
  { instances, refusals }: Unplaced,
  spec: RunSpec,
  agents: ReadonlyMap<AgentId, Agent>,
): Explanation {
  const refusing = refusals.listAll().flatMap((rejections): readonly Refusing[] => {
    const agent = rejections[0] && agents.get(rejections[0].agent);
    if (agent === undefined) return [];
    return [{ agent, rejections, cures: rejections.map((one) => cureOf(one, agent, spec)) }];
  });
  const nearest = refusing
    .map((one) => ({ one, far: distance(one, spec) }))
    .toSorted((a, b) => byDistance(a.far, b.far) || (a.one.agent.facts.id < b.one.agent.facts.id ? -1 : 1))
    .slice(0, NEAREST)
    .map(({ one }) => nearAgent(one));
  const funnel = funnelOf(refusing);
  return {
    version: spec.version,
    instances,
    agents: refusals.agents,
    funnel,
    nearest,
    cures: [fittingAgentText(spec, volumeZonesIn(refusing)), ...nearest.map(cureText)],
    wakes: inOrder(['AGENT_ADDED', ...funnel.flatMap(({ wakes }) => wakes)]),
  };
}
