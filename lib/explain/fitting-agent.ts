import type { Constraint } from '../model/constraint.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { hostPortWishesOf } from '../model/spec-ports.ts';
import { acceptedRoles } from '../placement/rules/role.ts';
import { amountText, RESOURCE_NAMES } from './amount-text.ts';

function constraintClause({ field, operator, value = '' }: Constraint, { id }: RunSpec): string {
  switch (operator) {
    case 'UNIQUE':
      return `whose ${field} runs no instance of ${id}`;
    case 'MAX_PER':
      return `whose ${field} runs fewer than ${value} instances of ${id}`;
    case 'GROUP_BY':
      return `whose ${field} runs less than its share of ${id}`;
    case 'CLUSTER':
      return value === '' ? `whose ${field} is that of the first instance of ${id}` : `whose ${field} is ${value}`;
    case 'LIKE':
      return `whose ${field} matches ${value}`;
    case 'UNLIKE':
      return `whose ${field} does not match ${value}`;
    case 'IS':
      return `whose ${field} is ${value}`;
  }
}

const joined = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** The agent that would take one more instance of a run spec, in words. */
export function fittingAgentText(spec: RunSpec): string {
  const roles = acceptedRoles(spec);
  const amounts = RESOURCE_NAMES.filter((name) => spec.resources[name] > 0).map((name) =>
    amountText(name, spec.resources[name]),
  );
  const ports = hostPortWishesOf(spec).flatMap((wish) => (wish.kind === 'fixed' ? [`host port ${wish.port}`] : []));
  const free = joined([...amounts, ...ports]);
  return [
    roles.includes('*') ? 'another agent' : `another agent with role ${roles.join(' or ')}`,
    ...spec.constraints.map((one) => constraintClause(one, spec)),
    ...(free === '' ? [] : [`with ${free} free`]),
  ].join(', ');
}
