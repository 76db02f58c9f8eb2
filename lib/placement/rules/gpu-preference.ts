import type { RunSpec } from '../../model/run-spec.ts';
import type { Rule } from './rule.ts';

/**
 * Agents with free gpus are kept for specs that want some, unless the spec's label says otherwise. An agent whose gpus
 * are all in use is an ordinary one, and a reservation outweighs this (scheduling.md §3, policy `restricted`).
 */
export const gpuPreference: Rule = {
  name: 'gpu-preference',
  reason: 'DeclinedScarceResources',
  refuse({ spec, reservedOn }, candidate) {
    const { gpus } = candidate.free;
    if (gpus <= 0 || !sparesGpus(spec)) return undefined;
    return reservedOn === candidate.agent.facts.id ? undefined : { gpus };
  },
};

/** Whether a spec leaves agents with free gpus to others. */
export function sparesGpus({ resources, labels }: RunSpec): boolean {
  const isUnrestricted =
    Object.hasOwn(labels, 'GPU_SCHEDULING_BEHAVIOR') && labels['GPU_SCHEDULING_BEHAVIOR'] === 'unrestricted';
  return resources.gpus <= 0 && !isUnrestricted;
}
