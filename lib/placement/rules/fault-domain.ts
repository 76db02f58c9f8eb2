import type { RunSpec } from '../../model/run-spec.ts';
import type { LastingRule } from './refusing-rule.ts';

/**
 * Without a region or zone constraint, only agents of the scheduler's region or of none match; while that region is
 * unknown, no agent that has one does (scheduling.md §2.5).
 */
export const faultDomain: LastingRule = {
  name: 'fault-domain',
  reason: 'UnfulfilledConstraint',
  refuse({ spec, localRegion }, { agent }) {
    const { region } = agent.facts;
    return region === '' || region === localRegion || mayLeaveRegion(spec) ? undefined : { localRegion, region };
  },
};

export function mayLeaveRegion({ constraints }: RunSpec): boolean {
  return constraints.some(({ field }) => field === '@region' || field === '@zone');
}
