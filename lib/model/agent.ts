import type { AgentDisk } from './agent-disk.ts';
import type { Held } from './held.ts';
import type { AgentId, ContainerInstanceArn, ContentHash, InstanceId, LaunchId } from './ids.ts';
import type { InstanceAgent } from './instance.ts';
import type { PathId } from './path-id.ts';
import type { PortRange, Resources } from './resources.ts';
import type { Slots } from './slots.ts';
import type { Instant } from './timestamp.ts';

export type AgentStatus = 'ACTIVE' | 'DRAINING' | 'INACTIVE';

/** Attribute text by name: ECS built-ins < custom attributes < instance tags (aws.md, consequence 7). */
export type Attributes = Readonly<Record<string, string>>;

/** What ECS says of a container instance. `version` is ECS's counter: higher replaces lower. */
export interface AgentFacts {
  readonly id: AgentId;
  readonly arn: ContainerInstanceArn;
  readonly version: number;
  readonly status: AgentStatus;
  readonly connected: boolean;
  /** When `connected` last changed: a disconnect must age before it counts (consequence 15). */
  readonly connectedSince: Instant;
  readonly registered: Resources;
  /** Taken by tasks that are not ours, as of the last sweep. */
  readonly foreign: Resources;
  readonly ports: readonly PortRange[];
  /** Besides the root disk, which is `registered.disk`; absent: none. */
  readonly disks?: readonly AgentDisk[];
  /** Those of which it is known how many there are; of the others there are enough. */
  readonly slots?: Partial<Slots>;
  readonly attributes: Attributes;
  readonly roles: readonly string[];
  readonly region: string;
  readonly zone?: string;
}

/** What EC2 says of the machine below: asked once per instance. */
export interface HostFacts {
  readonly id: AgentId;
  /** Marathon's `host` and `$HOST`: must resolve for clients. */
  readonly host: string;
  readonly ipAddresses: readonly string[];
}

/** What one launch holds on an agent, from its claim until its STOPPED is stored. */
export interface Claim extends Held {
  readonly launch: LaunchId;
  readonly instance: InstanceId;
  readonly runSpec: PathId;
}

/** One agent as the placement sees it. */
export interface Agent {
  readonly facts: AgentFacts;
  readonly host: HostFacts;
  /** By all its claims together. */
  readonly held: Held;
}

/** What the newest event of an agent said; when it is ahead of the facts, the tick asks ECS again. */
export interface AgentHeard {
  readonly agent: AgentId;
  /** ECS's counter. */
  readonly version: number;
  /** Of everything in the event that placement looks at; equal means that only the remaining resources moved. */
  readonly digest: ContentHash;
}

/** What an instance keeps of its agent: constraints count these values later (scheduling.md §2.1). */
export function toInstanceAgent({ facts, host }: Agent): InstanceAgent {
  const { id, arn, region, zone, attributes } = facts;
  const base = { id, arn, region, attributes, host: host.host, ipAddresses: host.ipAddresses };
  return zone === undefined ? base : { ...base, zone };
}
