import type { RunSpec } from './run-spec.ts';

/**
 * What an agent has by number besides its resources. Interfaces: network interfaces for tasks that have one of their
 * own (ECS's network mode awsvpc). Attachments: block devices that can be attached to it.
 */
export interface Slots {
  readonly interfaces: number;
  readonly attachments: number;
}

export const SLOT_NAMES = ['interfaces', 'attachments'] as const satisfies readonly (keyof Slots)[];
export const NO_SLOTS: Slots = { interfaces: 0, attachments: 0 };

export function addSlots(a: Slots, b: Slots): Slots {
  return { interfaces: a.interfaces + b.interfaces, attachments: a.attachments + b.attachments };
}

/** What one instance of a run spec takes: an interface in a named container network, an attachment per external volume. */
export function slotsOf(spec: RunSpec): Slots {
  const interfaces = spec.networks.some(({ mode }) => mode === 'container') ? 1 : 0;
  const attachments = externalVolumesOf(spec).length;
  return interfaces === 0 && attachments === 0 ? NO_SLOTS : { interfaces, attachments };
}

const NO_NAMES: readonly string[] = [];

/** Names of the external volumes; pods have none. */
export function externalVolumesOf(spec: RunSpec): readonly string[] {
  const volumes = spec.kind === 'app' ? spec.container?.volumes : undefined;
  if (volumes === undefined || volumes.length === 0) return NO_NAMES;
  return volumes.flatMap((volume) => (volume.kind === 'external' ? [volume.external.name] : []));
}
