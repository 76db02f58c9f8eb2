import type { Refusals } from '../model/schedule.ts';
import { NO_SLOTS } from '../model/slots.ts';
import type { AgentTable } from './agent-table.ts';
import { BitSet } from './bit-set.ts';
import type { Demand } from './demand.ts';
import { holds, type LaunchRequest } from './launch-request.ts';
import type { PlacementIndex } from './placement-index.ts';
import { constraint } from './rules/constraint.ts';
import { enoughCpus, enoughDisk, enoughGpus, enoughMemory } from './rules/enough-resources.ts';
import { enoughAttachments, enoughInterfaces } from './rules/enough-slots.ts';
import { faultDomain } from './rules/fault-domain.ts';
import { RULES } from './rules/first-refusal.ts';
import { gpuPreference } from './rules/gpu-preference.ts';
import { hostPorts } from './rules/host-ports.ts';
import { maintenance } from './rules/maintenance.ts';
import { reservation } from './rules/reservation.ts';
import { role } from './rules/role.ts';
import { volumeDisks } from './rules/volume-disks.ts';
import { volumeZone } from './rules/volume-zone.ts';

const AT = {
  role: RULES.indexOf(role),
  faultDomain: RULES.indexOf(faultDomain),
  constraint: RULES.indexOf(constraint),
  volumeZone: RULES.indexOf(volumeZone),
  reservation: RULES.indexOf(reservation),
  maintenance: RULES.indexOf(maintenance),
  cpus: RULES.indexOf(enoughCpus),
  mem: RULES.indexOf(enoughMemory),
  disk: RULES.indexOf(enoughDisk),
  volumeDisks: RULES.indexOf(volumeDisks),
  attachments: RULES.indexOf(enoughAttachments),
  gpus: RULES.indexOf(enoughGpus),
  ports: RULES.indexOf(hostPorts),
  interfaces: RULES.indexOf(enoughInterfaces),
  gpuPreference: RULES.indexOf(gpuPreference),
} as const;
const NOBODY = -1;

/** How many agents each rule refuses first: the sums of what `firstRefusal` says of each, from the index's columns. */
export function countRefusals(index: PlacementIndex, request: LaunchRequest): Refusals['byRule'] {
  const refuserOf = refuser(index, request);
  const counts = new Uint32Array(RULES.length);
  for (let rank = 0; rank < index.table.size; rank += 1) {
    const at = refuserOf(rank);
    if (at !== NOBODY) counts[at] = (counts[at] ?? 0) + 1;
  }
  return Object.fromEntries(
    RULES.map(({ name }, at) => [name, counts[at] ?? 0] as const).filter(([, count]) => count > 0),
  );
}

/** Position in the funnel of the first rule that refuses an agent. */
function refuser(index: PlacementIndex, request: LaunchRequest): (rank: number) => number {
  const { table } = index;
  const { spec, demand, reservedOn } = request;
  const { lasting } = request.alike;
  const moving = request.moving.map((bound) => {
    const { column } = bound;
    return column.select((rank) => holds(bound, spec, column.at(rank)), new BitSet(table.size));
  });
  const reserved = reservedOn === undefined ? undefined : table.rankOfAgent(reservedOn);
  return (rank) => {
    if (!lasting.role.has(rank)) return AT.role;
    if (!lasting.faultDomain.has(rank)) return AT.faultDomain;
    if (!lasting.constraints.has(rank)) return AT.constraint;
    for (const satisfying of moving) if (!satisfying.has(rank)) return AT.constraint;
    if (!lasting.volumeZone.has(rank)) return AT.volumeZone;
    if (reservedOn !== undefined && rank !== reserved) return AT.reservation;
    if (!lasting.maintenance.has(rank)) return AT.maintenance;
    return shortage(table, rank, demand, rank === reserved);
  };
}

/** The same of what agents have and instances take. */
function shortage(
  table: AgentTable,
  rank: number,
  { least, leastPorts, ports: wanted, disks, slots, sparesGpus }: Demand,
  isReserved: boolean,
): number {
  if ((table.cpus[rank] ?? 0) < least.cpus) return AT.cpus;
  if ((table.mem[rank] ?? 0) < least.mem) return AT.mem;
  if ((table.disk[rank] ?? 0) < least.disk) return AT.disk;
  if (disks.length > 0 && table.disks(rank).choose(disks) === undefined) return AT.volumeDisks;
  const free = slots === NO_SLOTS ? undefined : table.freeSlots(rank);
  if (free !== undefined && slots.attachments > 0 && free.attachments < slots.attachments) return AT.attachments;
  if ((table.gpus[rank] ?? 0) < least.gpus) return AT.gpus;
  if ((table.freePorts[rank] ?? 0) < leastPorts) return AT.ports;
  if (wanted.fixed.length > 0 && table.ports(rank).missing(wanted) !== undefined) return AT.ports;
  if (free !== undefined && slots.interfaces > 0 && free.interfaces < slots.interfaces) return AT.interfaces;
  return sparesGpus && !isReserved && (table.gpus[rank] ?? 0) > 0 ? AT.gpuPreference : NOBODY;
}
