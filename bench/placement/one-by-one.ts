import type { Agent } from '../../lib/model/agent.ts';
import { heldTogether } from '../../lib/model/held.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { ClusterSnapshot, PendingLaunch, Placement, SchedulePlan } from '../../lib/model/schedule.ts';
import { PlacementMemory } from '../../lib/placement/placement-memory.ts';
import { planSchedule } from '../../lib/placement/plan-schedule.ts';

/** A cluster that carries out each plan of one instance before it asks for the next, with a memory between plans. */
export class LiveCluster {
  /** Time spent in plans, each; milliseconds. */
  readonly times: number[] = [];
  readonly #about: Pick<ClusterSnapshot, 'localRegion' | 'ranking'>;
  readonly #agents: Agent[];
  /** By rank: what this cluster has placed there. */
  readonly #placements: (readonly Placement[])[] = [];
  readonly #rankOf: ReadonlyMap<string, number>;
  readonly #instances: Map<Instance['runSpec'], readonly Instance[]>;
  readonly #memory = new PlacementMemory();

  constructor({ localRegion, ranking, agents, instances }: ClusterSnapshot) {
    this.#about = { localRegion, ranking };
    this.#agents = [...agents];
    this.#rankOf = new Map(agents.map(({ facts }, rank) => [facts.id, rank]));
    this.#instances = new Map(instances);
    planSchedule({ ...this.#about, agents: this.#agents, pending: [], instances: new Map() }, this.#memory);
  }

  place(launch: PendingLaunch): SchedulePlan {
    const snapshot = {
      ...this.#about,
      agents: this.#agents,
      pending: [launch],
      instances: this.#instances,
    };
    const started = performance.now();
    const plan = planSchedule(snapshot, this.#memory);
    this.times.push(performance.now() - started);
    for (const placement of plan.placements) this.#carryOut(launch, placement);
    return plan;
  }

  /** The instance ends: its claim goes, and it counts no more. */
  stop({ instance, agent, runSpec }: Placement): void {
    this.#change(agent, (former) => former.filter((placement) => placement.instance !== instance));
    this.#instances.set(
      runSpec,
      (this.#instances.get(runSpec) ?? []).filter(({ id }) => id !== instance),
    );
  }

  #carryOut({ instance }: PendingLaunch, placement: Placement): void {
    const { agent: at, runSpec } = placement;
    this.#change(at, (former) => [...former, placement]);
    const agent = this.#agents[this.#rankOf.get(at) ?? -1];
    if (agent === undefined) throw new Error(`no agent ${at}`);
    const { arn, region, attributes, zone } = agent.facts;
    const where = { ...agent.host, arn, region, attributes, ...(zone !== undefined && { zone }) };
    this.#instances.set(runSpec, [
      ...(this.#instances.get(runSpec) ?? []).filter((each) => each.id !== instance.id),
      { ...instance, condition: 'Running', agent: where },
    ]);
  }

  #change(id: string, change: (former: readonly Placement[]) => readonly Placement[]): void {
    const rank = this.#rankOf.get(id);
    const agent = rank === undefined ? undefined : this.#agents[rank];
    if (rank === undefined || agent === undefined) throw new Error(`no agent ${id}`);
    const placements = change(this.#placements[rank] ?? []);
    this.#placements[rank] = placements;
    const changed = { ...agent, held: heldTogether(placements) };
    this.#agents[rank] = changed;
    this.#memory.tell(changed);
  }
}
