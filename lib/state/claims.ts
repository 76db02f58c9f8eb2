import type { Claim } from '../model/agent.ts';
import { type Held, heldTogether } from '../model/held.ts';
import type { AgentId, InstanceId, LaunchId } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import { NO_SLOTS, SLOT_NAMES, type Slots } from '../model/slots.ts';

/**
 * A claim with the revision of its instance that it was made for: once the instance has another one and is not on this
 * launch, the launch can never come to it any more.
 */
export interface HeldClaim extends Claim {
  readonly instanceRev: number;
}

/** One claim in the text that is stored, read by `claimsOf`. */
type ClaimLine = string & { readonly __brand: 'ClaimLine' };

/**
 * An agent's claims and the fence of the tick that wrote them. A placement commits by replacing this item. Made by
 * `toAgentClaims`: the claims are lines, and beside them is what placement asks of them (ADR 11).
 */
export interface AgentClaims {
  readonly agent: AgentId;
  readonly fence: number;
  readonly held: Held;
  readonly lines: readonly ClaimLine[];
}

/** What was read or written before: the lists of one value are asked for again and again. */
const known = new WeakMap<AgentClaims, readonly HeldClaim[]>();

export function toAgentClaims(agent: AgentId, fence: number, claims: readonly HeldClaim[]): AgentClaims {
  const value = { agent, fence, held: heldTogether(claims), lines: claims.map(toLine) };
  known.set(value, claims);
  return value;
}

export function claimsOf(value: AgentClaims): readonly HeldClaim[] {
  const read = known.get(value);
  if (read !== undefined) return read;
  const claims = value.lines.map(readLine);
  known.set(value, claims);
  return claims;
}

/** The same agent with those of its claims that stand; itself when all do. `stands`: one verdict for each of them. */
export function keepClaims(value: AgentClaims, stands: readonly boolean[]): AgentClaims {
  if (stands.every(Boolean)) return value;
  const claims = claimsOf(value).filter((_, index) => stands[index] === true);
  return toAgentClaims(value.agent, value.fence, claims);
}

/** Ids, numbers and paths of disks have no blanks in them. */
function toLine({
  launch,
  instance,
  runSpec,
  instanceRev,
  resources,
  hostPorts,
  disks = [],
  slots,
}: HeldClaim): ClaimLine {
  const { cpus, mem, disk, gpus } = resources;
  const shares = disks.map(({ path, size }) => `${size}:${path}`);
  const counts = slots === undefined ? [] : SLOT_NAMES.map((name) => `${slots[name]}:${name}`);
  const who = [launch, instance, runSpec, instanceRev];
  return [...who, cpus, mem, disk, gpus, ...hostPorts, ...shares, ...counts].join(' ') as ClaimLine;
}

function readLine(line: ClaimLine): HeldClaim {
  const [launch, instance, runSpec, ...rest] = line.split(' ');
  const [instanceRev, cpus, mem, disk, gpus, ...hostPorts] = rest.filter((part) => !part.includes(':')).map(Number);
  const counted = rest.filter((part) => part.includes(':')).map(readCount);
  const disks = counted.flatMap(({ of, count }) => (of.startsWith('/') ? [{ path: of, size: count }] : []));
  const slots = counted.reduce<Slots | undefined>(
    (sum, { of, count }) => (isSlot(of) ? { ...(sum ?? NO_SLOTS), [of]: count } : sum),
    undefined,
  );
  if (gpus === undefined) throw new TypeError(`not a claim: '${line}'`);
  return {
    launch: launch as LaunchId,
    instance: instance as InstanceId,
    runSpec: runSpec as PathId,
    instanceRev: instanceRev as number,
    resources: { cpus: cpus as number, mem: mem as number, disk: disk as number, gpus },
    hostPorts,
    ...(disks.length > 0 && { disks }),
    ...(slots !== undefined && { slots }),
  };
}

/** `50:/mnt/a`, `1:interfaces`. */
function readCount(part: string): { readonly of: string; readonly count: number } {
  const cut = part.indexOf(':');
  return { of: part.slice(cut + 1), count: Number(part.slice(0, cut)) };
}

const isSlot = (name: string): name is keyof Slots => SLOT_NAMES.some((slot) => slot === name);
