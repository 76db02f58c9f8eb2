import { fieldValue, type Site } from '../constraints/field-value.ts';
import type { Agent } from '../model/agent.ts';
import { addResources, NO_RESOURCES, type Resources, subtractResources } from '../model/resources.ts';
import { onGrid } from './resource-amounts.ts';

/** An agent in the course of one plan: what it has left after its claims and after the placements so far. */
export class Candidate {
  readonly agent: Agent;
  /** Registered minus what is not ours: the most that all our tasks together may use. */
  readonly usable: Resources;
  readonly #site: Site;
  readonly #values = new Map<string, string | undefined>();
  readonly #takenPorts: Set<number>;
  #free: Resources;

  constructor(agent: Agent) {
    const { facts, host, claims } = agent;
    const claimed = claims.reduce((sum, claim) => onGrid(addResources(sum, claim.resources)), NO_RESOURCES);
    this.agent = agent;
    this.usable = onGrid(subtractResources(facts.registered, facts.foreign));
    this.#site = {
      host: host.host,
      region: facts.region,
      attributes: facts.attributes,
      ...(facts.zone !== undefined && { zone: facts.zone }),
    };
    this.#takenPorts = new Set(claims.flatMap((claim) => claim.hostPorts));
    this.#free = onGrid(subtractResources(this.usable, claimed));
  }

  /** What is left; negative where the agent shrank below what it runs. */
  get free(): Resources {
    return this.#free;
  }

  isPortTaken(port: number): boolean {
    return this.#takenPorts.has(port);
  }

  /** Value of a constraint field, in text form. */
  valueAt(field: string): string | undefined {
    if (!this.#values.has(field)) this.#values.set(field, fieldValue(this.#site, field));
    return this.#values.get(field);
  }

  take(resources: Resources, hostPorts: readonly number[]): void {
    this.#free = onGrid(subtractResources(this.#free, resources));
    for (const port of hostPorts) this.#takenPorts.add(port);
  }
}
