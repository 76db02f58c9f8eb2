import { isStatic } from '../constraints/constraint-holds.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { Candidate } from './candidate.ts';
import type { LaunchRequest } from './launch-request.ts';
import { constraint } from './rules/constraint.ts';
import { faultDomain } from './rules/fault-domain.ts';
import { gpuPreference } from './rules/gpu-preference.ts';
import { maintenance } from './rules/maintenance.ts';
import { role } from './rules/role.ts';

const LASTING_RULES = [role, faultDomain, constraint, maintenance, gpuPreference] as const;

/**
 * The agents that could take the spec if they were empty. GROUP_BY without a value keeps the values of these level:
 * an agent that can never take the spec must not hold the others at its zero.
 */
export function eligibleCandidates(request: LaunchRequest, candidates: readonly Candidate[]): readonly Candidate[] {
  const lasting = { ...request, constraints: request.constraints.filter((bound) => isStatic(bound.constraint)) };
  return candidates.filter(
    (candidate) =>
      isBigEnough(candidate, request.spec) &&
      LASTING_RULES.every((rule) => rule.refuse(lasting, candidate) === undefined),
  );
}

function isBigEnough({ usable }: Candidate, { resources: needed }: RunSpec): boolean {
  return (
    needed.cpus <= usable.cpus && needed.mem <= usable.mem && needed.disk <= usable.disk && needed.gpus <= usable.gpus
  );
}
