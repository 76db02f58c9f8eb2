import type { Rule } from './rule.ts';

/**
 * Agents with free gpus are kept for specs that want some, unless the spec's label says otherwise. An agent whose gpus
 * are all in use is an ordinary one, and a reservation outweighs this (scheduling.md §3, policy `restricted`).
 */
export const gpuPreference: Rule = {
  name: 'gpu-preference',
  reason: 'DeclinedScarceResources',
  refuse({ demand, reservedOn }, candidate) {
    const { gpus } = candidate.free;
    if (gpus <= 0 || !demand.sparesGpus) return undefined;
    return reservedOn === candidate.agent.facts.id ? undefined : { gpus };
  },
};
