import type { Agent } from '../model/agent.ts';
import type { Resources } from '../model/resources.ts';
import type { Slots } from '../model/slots.ts';
import type { AgentDisks } from './agent-disks.ts';
import type { AgentPorts } from './agent-ports.ts';

/** One agent as the rules see it: what it has left after its claims and after the placements so far. */
export interface Candidate {
  readonly agent: Agent;
  /** Negative where the agent shrank below what it runs. */
  readonly free: Resources;
  readonly ports: AgentPorts;
  readonly disks: AgentDisks;
  /** Infinite where nobody counts them. */
  readonly freeSlots: Slots;
  /** Value of a constraint field, in text form. */
  valueAt(field: string): string | undefined;
}
