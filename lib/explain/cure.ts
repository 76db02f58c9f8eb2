import { isStatic } from '../constraints/constraint-holds.ts';
import type { Agent } from '../model/agent.ts';
import type { Constraint } from '../model/constraint.ts';
import type { Rejection, RuleName } from '../model/rejection.ts';
import { fromMillionths, toMillionths } from '../model/resource-amounts.ts';
import type { Resources } from '../model/resources.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { amountText, diskText, RESOURCE_TEXTS } from './amount-text.ts';

/** What may make the scheduler's next look at an agent end otherwise. */
export const WAKING_CHANGES = [
  'AGENT_ADDED',
  'AGENT_CHANGED',
  'CAPACITY_FREED',
  'INSTANCE_ENDED',
  'DEFINITION_CHANGED',
] as const;
export type WakingChange = (typeof WAKING_CHANGES)[number];

export interface Cure {
  /** What the agent lacks, as a noun: `0.4 more cpus free`. */
  readonly text: string;
  readonly wakes: readonly WakingChange[];
}

interface Refused {
  readonly detail: Rejection['detail'];
  readonly agent: Agent;
  readonly spec: RunSpec;
}

const textOf = (detail: Rejection['detail'], name: string): string => String(detail[name] ?? '');
const numberOf = (detail: Rejection['detail'], name: string): number => Number(detail[name] ?? 0);

/** The agent may free enough only when it is large enough. */
function moreOf(resource: keyof Resources): (refused: Refused) => Cure {
  return ({ detail, agent: { facts } }) => {
    const needed = numberOf(detail, 'needed');
    const missing = fromMillionths(toMillionths(needed) - toMillionths(numberOf(detail, 'free')));
    const has = facts.registered[resource];
    const { unit, what } = RESOURCE_TEXTS[resource];
    return needed > has
      ? {
          text: `${amountText(resource, needed)}, of which the agent has ${has}${unit} in all`,
          wakes: ['AGENT_ADDED', 'DEFINITION_CHANGED'],
        }
      : {
          text: `${missing}${unit} more ${what} free`,
          wakes: ['CAPACITY_FREED', 'AGENT_ADDED', 'DEFINITION_CHANGED'],
        };
  };
}

/** What an agent must be for a constraint to hold, with the value of its field there. */
function constraintText({ field, operator, value = '' }: Constraint, offered: string, { id }: RunSpec): string {
  switch (operator) {
    case 'UNIQUE':
      return `no instance of ${id} at ${field} ${offered}`;
    case 'MAX_PER':
      return `fewer than ${value} instances of ${id} at ${field} ${offered}`;
    case 'GROUP_BY':
      return `an even spread of ${id} over ${field}: ${offered} has its share`;
    case 'CLUSTER':
      return value === '' ? `the ${field} of the first instance of ${id}` : `${field} ${value} instead of ${offered}`;
    case 'LIKE':
      return `a ${field} that matches ${value}; it has ${offered}`;
    case 'UNLIKE':
      return `a ${field} that does not match ${value}; it has ${offered}`;
    case 'IS':
      return `${field} ${value} instead of ${offered}`;
  }
}

function constraintCure({ detail, spec }: Refused): Cure {
  const failed = spec.constraints.find(
    ({ field, operator, value }) =>
      field === detail['field'] && operator === detail['operator'] && value === detail['value'],
  );
  if (failed === undefined) throw new Error(`${spec.id} has no constraint ${JSON.stringify(detail)}`);
  const offered = detail['offered'];
  if (offered === undefined) {
    return { text: `an attribute ${failed.field}`, wakes: ['AGENT_CHANGED', 'AGENT_ADDED', 'DEFINITION_CHANGED'] };
  }
  const text = constraintText(failed, String(offered), spec);
  return isStatic(failed)
    ? { text, wakes: ['AGENT_CHANGED', 'AGENT_ADDED', 'DEFINITION_CHANGED'] }
    : { text, wakes: ['INSTANCE_ENDED', 'AGENT_ADDED', 'DEFINITION_CHANGED'] };
}

function wishText(detail: Rejection['detail']): string {
  const profile = detail['profile'] === undefined ? undefined : textOf(detail, 'profile');
  return diskText(textOf(detail, 'type'), numberOf(detail, 'needed'), profile);
}

const slotsMore =
  (what: string) =>
  ({ detail }: Refused): Cure => ({
    text: `${numberOf(detail, 'needed') - numberOf(detail, 'free')} more ${what} free`,
    wakes: ['CAPACITY_FREED', 'AGENT_CHANGED', 'AGENT_ADDED', 'DEFINITION_CHANGED'],
  });

const CURES: Readonly<Record<RuleName, (refused: Refused) => Cure>> = {
  role: ({ detail }) => ({
    text: `role ${textOf(detail, 'accepted').replaceAll(',', ' or ')}; it offers ${textOf(detail, 'offered')}`,
    wakes: ['AGENT_CHANGED', 'AGENT_ADDED', 'DEFINITION_CHANGED'],
  }),
  'fault-domain': ({ detail }) => ({
    text: `a constraint on @region or @zone that lets instances leave ${textOf(detail, 'localRegion')} for ${textOf(detail, 'region')}`,
    wakes: ['DEFINITION_CHANGED', 'AGENT_ADDED'],
  }),
  constraint: constraintCure,
  'volume-zone': ({ detail }) => ({
    text: `zone ${textOf(detail, 'needed')}, where a volume is${detail['zone'] === undefined ? '' : `, instead of ${textOf(detail, 'zone')}`}`,
    wakes: ['AGENT_ADDED', 'DEFINITION_CHANGED'],
  }),
  'volume-attachments': slotsMore('attachments of volumes'),
  'network-interface': slotsMore('network interfaces for tasks'),
  reservation: ({ detail }) => ({
    text: `the reservation, which agent ${textOf(detail, 'reserved')} holds`,
    wakes: ['AGENT_CHANGED'],
  }),
  maintenance: ({ detail }) => ({
    text:
      detail['status'] === 'DISCONNECTED'
        ? 'the connection of its ECS agent'
        : `status ACTIVE instead of ${textOf(detail, 'status')}`,
    wakes: ['AGENT_CHANGED', 'AGENT_ADDED'],
  }),
  cpus: moreOf('cpus'),
  mem: moreOf('mem'),
  disk: moreOf('disk'),
  'volume-disks': ({ detail }) => ({
    text: `${wishText(detail)}, of which it has ${numberOf(detail, 'free')} MiB free at most`,
    wakes: ['CAPACITY_FREED', 'AGENT_CHANGED', 'AGENT_ADDED', 'DEFINITION_CHANGED'],
  }),
  gpus: moreOf('gpus'),
  ports: ({ detail }) => ({
    text:
      detail['port'] === undefined
        ? `${numberOf(detail, 'needed') - numberOf(detail, 'free')} more host ports free`
        : `host port ${textOf(detail, 'port')} free`,
    wakes: ['CAPACITY_FREED', 'AGENT_ADDED', 'DEFINITION_CHANGED'],
  }),
  'gpu-preference': () => ({
    text: 'the label GPU_SCHEDULING_BEHAVIOR=unrestricted, since its gpus are kept for those that want some',
    wakes: ['DEFINITION_CHANGED', 'AGENT_ADDED'],
  }),
};

/** What would end one refusal of an agent, and which changes wake what waits for it. */
export function cureOf({ rule, detail }: Rejection, agent: Agent, spec: RunSpec): Cure {
  return CURES[rule]({ detail, agent, spec });
}
