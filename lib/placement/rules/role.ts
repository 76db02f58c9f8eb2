import type { RunSpec } from '../../model/run-spec.ts';
import type { LastingRule } from './refusing-rule.ts';

/**
 * The agent offers a role that the spec accepts: those it names, else its own and `*` (Marathon's default `any`).
 * An agent without `*` takes only specs that accept one of its roles (design §8).
 */
export const role: LastingRule = {
  name: 'role',
  reason: 'UnfulfilledRole',
  refuse({ spec }, { agent }) {
    const accepted = acceptedRoles(spec);
    if (agent.facts.roles.some((offered) => accepted.includes(offered))) return undefined;
    return { accepted: accepted.join(','), offered: agent.facts.roles.join(',') };
  },
};

export function acceptedRoles(spec: RunSpec): readonly string[] {
  return spec.acceptedResourceRoles.length > 0 ? spec.acceptedResourceRoles : [spec.role, '*'];
}
