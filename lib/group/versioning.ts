import type { RunSpec, RunSpecDefinition } from '../model/run-spec.ts';
import { isSameJson } from '../model/same-json.ts';
import type { Timestamp } from '../model/timestamp.ts';

export type ChangeKind = 'new' | 'upgrade' | 'scaling' | 'restart' | 'none';

/** A definition without what a scale-only change may differ in. */
function configuration(app: RunSpec | RunSpecDefinition): object {
  const { instances: _instances, ...rest } = app;
  if (!('version' in rest)) return rest;
  const { version: _version, versionInfo: _versionInfo, ...definition } = rest;
  return definition;
}

/** What a change is (deployments.md §1): any field but `instances` makes an upgrade, which replaces every instance. */
export function changeKind(before: RunSpec | undefined, after: RunSpecDefinition, restart = false): ChangeKind {
  if (before === undefined) return 'new';
  if (!isSameJson(configuration(before), configuration(after))) return 'upgrade';
  if (before.instances !== after.instances) return 'scaling';
  return restart ? 'restart' : 'none';
}

/** The definition with its version: Marathon's VersionInfo rules (deployments.md §1, right column). */
export function versioned(
  before: RunSpec | undefined,
  after: RunSpecDefinition,
  version: Timestamp,
  restart = false,
): RunSpec {
  const kind = changeKind(before, after, restart);
  if (before === undefined || kind === 'new' || kind === 'upgrade') {
    return { ...after, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } };
  }
  switch (kind) {
    case 'scaling':
      return { ...after, version, versionInfo: { ...before.versionInfo, lastScalingAt: version } };
    case 'restart':
      return { ...after, version, versionInfo: { ...before.versionInfo, lastConfigChangeAt: version } };
    case 'none':
      return before;
  }
}
