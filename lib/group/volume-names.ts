import type { PathId } from '../model/path-id.ts';
import type { RunSpecDefinition } from '../model/run-spec.ts';

/** An external volume as an app names it. */
export interface VolumeName {
  readonly name: string;
  /** Other apps may name the same volume, if they share it too. */
  readonly shared: boolean;
}

interface NamesVolumes {
  readonly id: PathId;
  readonly volumes?: readonly VolumeName[];
}

/** The volumes that an app names for all apps to see: those of Docker's drivers. */
export function volumeNamesOf(spec: RunSpecDefinition): readonly VolumeName[] {
  if (spec.kind === 'pod') return [];
  return (spec.container?.volumes ?? []).flatMap((volume) =>
    volume.kind === 'external' && volume.external.provider === 'dvdi'
      ? [{ name: volume.external.name, shared: volume.external.shared }]
      : [],
  );
}

/**
 * The apps that name a volume which another one names, unless both share it, as path and Marathon's text
 * (app-model.md §7.1). Looks at `all` only when something that changes names a volume.
 */
export function volumeNameViolations(
  changed: readonly NamesVolumes[],
  all: Iterable<NamesVolumes>,
): readonly (readonly [path: string, error: string])[] {
  const names = new Set(changed.flatMap(({ volumes = [] }) => volumes.map(({ name }) => name)));
  if (names.size === 0) return [];
  const users = [...all].flatMap(({ id, volumes = [] }) =>
    volumes.flatMap(({ name, shared }) => (names.has(name) ? [{ id, name, shared }] : [])),
  );
  const byName = Map.groupBy(users, ({ name }) => name);
  return users
    .filter(({ shared }) => !shared)
    .flatMap(({ id, name }) => {
      const others = (byName.get(name) ?? []).map((one) => one.id).filter((other) => other !== id);
      if (others.length === 0) return [];
      const text = `Volume name '${name}' in ${id} conflicts with volume(s) of same name in app(s): `;
      return [[`/apps/${id}/container/volumes`, `${text}${others.toSorted().join(', ')}`] as const];
    });
}
