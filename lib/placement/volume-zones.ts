import type { RunSpec } from '../model/run-spec.ts';
import type { ClusterSnapshot } from '../model/schedule.ts';
import { externalVolumesOf } from '../model/slots.ts';

const NONE: readonly string[] = [];

/** The zones of those external volumes of a run spec that there are already, each once: one zone at most can be served. */
export function volumeZonesOf(spec: RunSpec, { volumeZones }: ClusterSnapshot): readonly string[] {
  if (volumeZones === undefined) return NONE;
  const zones = new Set(externalVolumesOf(spec).flatMap((name) => volumeZones.get(name) ?? []));
  return zones.size === 0 ? NONE : [...zones].toSorted();
}
