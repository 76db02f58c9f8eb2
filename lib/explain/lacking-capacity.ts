import { isHostField } from '../constraints/field-value.ts';
import type { Agent } from '../model/agent.ts';
import type { AgentDisk } from '../model/agent-disk.ts';
import { NOTHING_HELD } from '../model/held.ts';
import type { AgentId, ContainerInstanceArn } from '../model/ids.ts';
import { fromMillionths } from '../model/resource-amounts.ts';
import { addResources, NO_RESOURCES, type Resources } from '../model/resources.ts';
import type { ClusterSnapshot, PendingLaunch, SchedulePlan } from '../model/schedule.ts';
import { agentValue } from '../placement/agent-value.ts';
import { demandOf } from '../placement/demand.ts';
import { planSchedule } from '../placement/plan-schedule.ts';
import { afterPlan } from './after-plan.ts';
import { RESOURCE_NAMES } from './amount-text.ts';

/** What is told is made of this much at most: all of it would take longer than a reader waits. */
const MOST_WAITING = 2_000;
const MOST_SHAPES = 8;
const MOST_AGENTS = 1_024;

/** Agents that are the same to everything that waits. */
export interface AgentShape extends Resources {
  readonly roles: readonly string[];
  readonly region: string;
  /** Values of the fields that constraints of waiting run specs ask for, host names aside. */
  readonly fields: Readonly<Record<string, string>>;
  /** Besides the root disk; absent: none. */
  readonly disks?: readonly AgentDisk[];
}

export interface ShapeOffer {
  readonly shape: AgentShape;
  /** So many further agents of this shape… */
  readonly agents: number;
  /** …would take so many of the instances that no agent takes now. */
  readonly instances: number;
}

/** The capacity that all pending work lacks. */
export interface LackingCapacity {
  /** Instances that no agent takes. */
  readonly instances: number;
  /** Of how many of them the offers are made. */
  readonly considered: number;
  /** What all of them need together. */
  readonly resources: Resources;
  /** The shape that serves most first, with the fewest agents. */
  readonly shapes: readonly ShapeOffer[];
}

function shapeOf(agent: Agent, fields: readonly string[]): AgentShape {
  const { registered, roles, region, disks } = agent.facts;
  const values = fields.flatMap((field) => {
    const value = agentValue(agent, field);
    return value === undefined ? [] : [[field, value] as const];
  });
  return { ...registered, roles, region, fields: Object.fromEntries(values), ...(disks && { disks }) };
}

/** One agent of each shape with its shape, the most frequent shapes first. */
function examples(agents: readonly Agent[], fields: readonly string[]) {
  const byShape = Map.groupBy(agents, (agent) => JSON.stringify(shapeOf(agent, fields)));
  return [...byShape.values()]
    .toSorted((a, b) => b.length - a.length)
    .slice(0, MOST_SHAPES)
    .flatMap(([example]) => (example === undefined ? [] : [{ example, shape: shapeOf(example, fields) }]));
}

/** New agents like the example, with nothing on them. */
function copiesOf({ facts, host }: Agent, count: number): readonly Agent[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `~new-${index}` as AgentId;
    const arn = `${id}` as string as ContainerInstanceArn;
    return {
      facts: { ...facts, id, arn, foreign: NO_RESOURCES, status: 'ACTIVE', connected: true },
      host: { ...host, id, host: id },
      held: NOTHING_HELD,
    };
  });
}

/** As many agents as the amounts alone ask for. */
function fewest(needed: Resources, shape: AgentShape): number {
  const asked = RESOURCE_NAMES.map((name) => (shape[name] > 0 ? Math.ceil(needed[name] / shape[name]) : 0));
  return Math.min(MOST_AGENTS, Math.max(1, ...asked));
}

function offerOf(snapshot: ClusterSnapshot, example: Agent, shape: AgentShape, needed: Resources): ShapeOffer {
  let best: ShapeOffer = { shape, agents: 0, instances: 0 };
  for (let count = fewest(needed, shape); count <= MOST_AGENTS; count *= 2) {
    const added = copiesOf(example, count);
    const isNew = new Set(added.map(({ facts }) => facts.id));
    const { placements } = planSchedule({ ...snapshot, agents: [...snapshot.agents, ...added] });
    const agents = new Set(placements.flatMap(({ agent }) => (isNew.has(agent) ? [agent] : []))).size;
    const instances = placements.length;
    if (instances > best.instances) best = { shape, agents, instances };
    // Some of them stay empty, so that more would too.
    if (agents < count || instances === snapshot.pending.length) break;
  }
  return best;
}

function sumOf(launches: readonly PendingLaunch[]): Resources {
  const { cpus, mem, disk, gpus } = launches.map(({ spec }) => demandOf(spec).taken).reduce(addResources, NO_RESOURCES);
  return {
    cpus: fromMillionths(cpus),
    mem: fromMillionths(mem),
    disk: fromMillionths(disk),
    gpus: fromMillionths(gpus),
  };
}

/**
 * What new agents like the present ones would do for what a plan leaves waiting: that is planned again, after the plan
 * and with agents added, shape by shape, until more of them would stay empty.
 */
export function lackingCapacity(snapshot: ClusterSnapshot, plan: SchedulePlan): LackingCapacity {
  const after = afterPlan(snapshot, plan);
  const considered = after.pending.slice(0, MOST_WAITING);
  const asked = considered.flatMap(({ spec }) => spec.constraints.map(({ field }) => field));
  const fields = [...new Set(asked)].filter((field) => !isHostField(field)).toSorted();
  const needed = sumOf(considered);
  const offers =
    considered.length === 0
      ? []
      : examples(after.agents, fields).map(({ example, shape }) =>
          offerOf({ ...after, pending: considered }, example, shape, needed),
        );
  return {
    instances: after.pending.length,
    considered: considered.length,
    resources: sumOf(after.pending),
    shapes: offers
      .filter(({ instances }) => instances > 0)
      .toSorted((a, b) => b.instances - a.instances || a.agents - b.agents),
  };
}
