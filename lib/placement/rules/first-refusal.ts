import type { Rejection } from '../../model/rejection.ts';
import type { Candidate } from '../candidate.ts';
import type { LaunchRequest } from '../launch-request.ts';
import { constraint } from './constraint.ts';
import { enoughCpus, enoughDisk, enoughGpus, enoughMemory } from './enough-resources.ts';
import { enoughAttachments, enoughInterfaces } from './enough-slots.ts';
import { faultDomain } from './fault-domain.ts';
import { gpuPreference } from './gpu-preference.ts';
import { hostPorts } from './host-ports.ts';
import { maintenance } from './maintenance.ts';
import { reservation } from './reservation.ts';
import { role } from './role.ts';
import type { Rule } from './rule.ts';
import { volumeDisks } from './volume-disks.ts';
import { volumeZone } from './volume-zone.ts';

/** In funnel order: an agent is refused once, under the first rule that says no (scheduling.md §3.2). */
export const RULES: readonly Rule[] = [
  role,
  faultDomain,
  constraint,
  volumeZone,
  reservation,
  maintenance,
  enoughCpus,
  enoughMemory,
  enoughDisk,
  volumeDisks,
  enoughAttachments,
  enoughGpus,
  hostPorts,
  enoughInterfaces,
  gpuPreference,
];

function rejection(
  { name, reason, refuse }: Rule,
  request: LaunchRequest,
  candidate: Candidate,
): Rejection | undefined {
  const detail = refuse(request, candidate);
  return detail && { agent: candidate.agent.facts.id, rule: name, reason, detail };
}

/** Why the agent cannot take the instance; undefined when it can. */
export function firstRefusal(request: LaunchRequest, candidate: Candidate): Rejection | undefined {
  for (const rule of RULES) {
    const first = rejection(rule, request, candidate);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** Everything that keeps the agent from taking the instance, each constraint by itself. */
export function allRefusals(request: LaunchRequest, candidate: Candidate): readonly Rejection[] {
  const byConstraint = request.constraints.map((bound): LaunchRequest => ({ ...request, constraints: [bound] }));
  return RULES.flatMap((rule) => {
    const asked = rule === constraint ? byConstraint : [request];
    return asked.flatMap((one) => rejection(rule, one, candidate) ?? []);
  });
}
