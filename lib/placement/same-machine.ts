import type { Agent } from '../model/agent.ts';

/** The same in all that no launch changes. */
export function isSameMachine(a: Agent | undefined, b: Agent | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const [one, other] = [a.facts, b.facts];
  return (
    one.id === other.id &&
    one.status === other.status &&
    one.connected === other.connected &&
    one.region === other.region &&
    one.zone === other.zone &&
    a.host.host === b.host.host &&
    isSame(one.registered, other.registered) &&
    isSame(one.ports, other.ports) &&
    isSame(one.disks ?? [], other.disks ?? []) &&
    isSame(one.slots ?? {}, other.slots ?? {}) &&
    isSame(one.roles, other.roles) &&
    isSame(one.attributes, other.attributes)
  );
}

/** Equal values in equal order; what is read twice from one store has both. */
function isSame(a: object, b: object): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
