import type { ContentHash, InstanceId } from '../model/ids.ts';
import type { Instance } from '../model/instance.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { Instant } from '../model/timestamp.ts';

/** A new instance, wanted and waiting for its first launch. */
export function newInstance(id: InstanceId, spec: RunSpec, hash: ContentHash, now: Instant): Instance {
  return {
    id,
    runSpec: spec.id,
    goal: 'Running',
    condition: 'Scheduled',
    since: now,
    incarnation: 0,
    runSpecHash: hash,
    runSpecVersion: spec.version,
    configVersion: spec.versionInfo.lastConfigChangeAt,
    hostPorts: [],
    health: [],
    readiness: [],
    volumes: [],
  };
}
