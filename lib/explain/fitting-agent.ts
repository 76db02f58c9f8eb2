import type { Constraint } from '../model/constraint.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { diskWishesOf } from '../model/spec-disks.ts';
import { hostPortWishesOf } from '../model/spec-ports.ts';
import { demandOf } from '../placement/demand.ts';
import { acceptedRoles } from '../placement/rules/role.ts';
import { amountText, diskText, RESOURCE_NAMES } from './amount-text.ts';

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

/**
 * The agent that would take one more instance of a run spec, in words.
 * @param volumeZones where its volumes are, as far as that keeps agents from taking it
 */
export function fittingAgentText(spec: RunSpec, volumeZones: readonly string[] = []): string {
  const roles = acceptedRoles(spec);
  const { resources, slots } = demandOf(spec);
  const amounts = RESOURCE_NAMES.filter((name) => resources[name] > 0).map((name) => amountText(name, resources[name]));
  const ports = hostPortWishesOf(spec).flatMap((wish) => (wish.kind === 'fixed' ? [`host port ${wish.port}`] : []));
  const disks = diskWishesOf(spec).map(({ type, size, profileName }) => diskText(type, size, profileName));
  const counted = [
    ...(slots.interfaces > 0 ? ['a network interface for the task'] : []),
    ...(slots.attachments > 0 ? [`${slots.attachments} attachments of volumes`] : []),
  ];
  const free = joined([...amounts, ...disks, ...ports, ...counted]);
  return [
    roles.includes('*') ? 'another agent' : `another agent with role ${roles.join(' or ')}`,
    ...volumeZones.map((zone) => `in zone ${zone}, where a volume is`),
    ...spec.constraints.map((one) => constraintClause(one, spec)),
    ...(free === '' ? [] : [`with ${free} free`]),
  ].join(', ');
}
