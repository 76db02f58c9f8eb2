import type { Rule } from './rule.ts';

/**
 * Without a region or zone constraint, only agents of the scheduler's region or of none match; while that region is
 * unknown, no agent that has one does (scheduling.md §2.5).
 */
export const faultDomain: Rule = {
  name: 'fault-domain',
  reason: 'UnfulfilledConstraint',
  refuse({ spec, localRegion }, { agent }) {
    const { region } = agent.facts;
    if (region === '' || region === localRegion) return undefined;
    if (spec.constraints.some(({ field }) => field === '@region' || field === '@zone')) return undefined;
    return { localRegion, region };
  },
};
