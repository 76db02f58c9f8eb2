import type { AgentId } from './ids.ts';

/** Marathon's refusal reasons in funnel order: an agent counts once, under its first (scheduling.md §3.2). */
export const REJECTION_REASONS = [
  'UnfulfilledRole',
  'UnfulfilledConstraint',
  'NoCorrespondingReservationFound',
  'AgentMaintenance',
  'InsufficientCpus',
  'InsufficientMemory',
  'InsufficientDisk',
  'InsufficientGpus',
  'InsufficientPorts',
  'DeclinedScarceResources',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** The rules by name, in the order in which an agent meets them; each belongs to a reason of the funnel. */
export const RULE_NAMES = [
  'role',
  'fault-domain',
  'constraint',
  'volume-zone',
  'reservation',
  'maintenance',
  'cpus',
  'mem',
  'disk',
  'volume-disks',
  'volume-attachments',
  'gpus',
  'ports',
  'network-interface',
  'gpu-preference',
] as const;
export type RuleName = (typeof RULE_NAMES)[number];

/** One rule's no to one agent. `detail` holds the numbers that a text is made from at the edge. */
export interface Rejection {
  readonly agent: AgentId;
  readonly rule: RuleName;
  readonly reason: RejectionReason;
  readonly detail: Readonly<Record<string, string | number>>;
}
