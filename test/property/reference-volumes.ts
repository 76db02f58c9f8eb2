import type { Agent } from '../../lib/model/agent.ts';
import type { AgentDisk, DiskShare } from '../../lib/model/agent-disk.ts';
import type { PersistentDisk } from '../../lib/model/app-volume.ts';
import type { Resources } from '../../lib/model/resources.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import type { ClusterSnapshot } from '../../lib/model/schedule.ts';
import type { Slots } from '../../lib/model/slots.ts';

// The plain matcher's view of volumes and networks; like the rest of it, without code of lib/placement.

function volumesOf(spec: RunSpec): readonly PersistentDisk[] {
  const volumes = spec.kind === 'app' ? (spec.container?.volumes ?? []) : spec.volumes;
  return volumes.flatMap((volume) => (volume.kind === 'persistent' ? [volume.persistent] : []));
}

/** Volumes of type root are disk like any other. */
export function needs(spec: RunSpec): Resources {
  const onRoot = volumesOf(spec).filter(({ type }) => type === 'root');
  return { ...spec.resources, disk: onRoot.reduce((sum, { size }) => sum + size, spec.resources.disk) };
}

function externalNames(spec: RunSpec): readonly string[] {
  const volumes = spec.kind === 'app' ? (spec.container?.volumes ?? []) : [];
  return volumes.flatMap((volume) => (volume.kind === 'external' ? [volume.external.name] : []));
}

export const slotsNeeded = (spec: RunSpec): Slots => ({
  interfaces: spec.networks.filter(({ mode }) => mode === 'container').length > 0 ? 1 : 0,
  attachments: externalNames(spec).length,
});

export const zonesOf = (spec: RunSpec, { volumeZones = new Map() }: ClusterSnapshot): readonly string[] =>
  externalNames(spec).flatMap((name) => volumeZones.get(name) ?? []);

export const slotsOfAgent = ({ facts }: Agent, held: Slots | undefined): Slots => ({
  interfaces: (facts.slots?.interfaces ?? 1_000) - (held?.interfaces ?? 0),
  attachments: (facts.slots?.attachments ?? 1_000) - (held?.attachments ?? 0),
});

/** Shares in the order of the volumes, and what is taken with them; no shares when a volume finds no disk. */
export function chooseDisks(spec: RunSpec, { facts }: Agent, before: ReadonlyMap<string, number>) {
  const wishes = volumesOf(spec).filter(({ type }) => type !== 'root');
  const taken = new Map(before);
  const shareOf = new Map<PersistentDisk, DiskShare>();
  for (const wish of [...wishes].sort((a, b) => b.size - a.size)) {
    let best: AgentDisk | undefined;
    for (const disk of [...(facts.disks ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      const left = (one: AgentDisk): number => one.size - (taken.get(one.path) ?? 0);
      const isRight = disk.type === wish.type && disk.profile === wish.profileName && matchesPath(wish, disk.path);
      const isFree = disk.type === 'path' ? left(disk) >= wish.size : left(disk) === disk.size;
      const isSized = disk.size >= wish.size && disk.size <= (wish.maxSize ?? disk.size);
      if (!isRight || !isFree || !isSized) continue;
      const isBetter = best === undefined || (disk.type === 'path' ? left(disk) > left(best) : disk.size < best.size);
      if (isBetter) best = disk;
    }
    if (best === undefined) return { shares: undefined, taken: before };
    const size = best.type === 'path' ? wish.size : best.size;
    taken.set(best.path, (taken.get(best.path) ?? 0) + size);
    shareOf.set(wish, { path: best.path, size });
  }
  return { shares: wishes.flatMap((wish) => shareOf.get(wish) ?? []), taken };
}

const matchesPath = ({ constraints }: PersistentDisk, path: string): boolean =>
  constraints.every(({ operator, value = '' }) => {
    const isMatch = new RegExp(`^(?:${value})$`).test(path);
    return value !== '' && (operator === 'LIKE') === isMatch;
  });
