import type { AppError } from '../errors/app-error.ts';
import { illegalArgument } from '../errors/catalogue.ts';
import { assignServicePorts } from '../group/service-ports.ts';
import type { SpecEntry } from '../group/tree.ts';
import { versioned } from '../group/versioning.ts';
import { volumeNamesOf } from '../group/volume-names.ts';
import type { SchedulerConfig } from '../model/config.ts';
import { contentHash } from '../model/content-hash.ts';
import type { PathId } from '../model/path-id.ts';
import type { CurrentSpec, StoredSpec } from '../model/root.ts';
import type { RunSpecDefinition } from '../model/run-spec.ts';
import type { Timestamp } from '../model/timestamp.ts';

/** A definition that is to be, and what it replaces. */
export interface SpecToApply {
  readonly id: PathId;
  readonly before?: CurrentSpec;
  readonly after: RunSpecDefinition;
  readonly restart?: boolean;
}

/** A definition with ports, version and history, and its place in the tree. */
export interface AppliedSpec {
  readonly stored: StoredSpec;
  readonly entry: SpecEntry;
}

/** The definition with its service ports, in the order in which `servicePortsOf` gave them. */
function withServicePorts(app: RunSpecDefinition, ports: readonly number[]): RunSpecDefinition {
  if (app.kind === 'pod') return app;
  const at = (index: number): number => ports[index] ?? 0;
  const mappings = app.container?.portMappings;
  if (app.container !== undefined && mappings !== undefined) {
    const portMappings = mappings.map((mapping, index) => ({ ...mapping, servicePort: at(index) }));
    return { ...app, container: { ...app.container, portMappings } };
  }
  return { ...app, portDefinitions: app.portDefinitions.map((port, index) => ({ ...port, port: at(index) })) };
}

/** Pods have none. */
function servicePortsOf(app: RunSpecDefinition): readonly number[] {
  if (app.kind === 'pod') return [];
  return (
    app.container?.portMappings?.map((mapping) => mapping.servicePort) ?? app.portDefinitions.map(({ port }) => port)
  );
}

function applied(
  { id, before, after, restart = false }: SpecToApply,
  ports: readonly number[],
  version: Timestamp,
  maxVersions: number,
): AppliedSpec {
  const spec = versioned(before?.spec, withServicePorts(after, ports), version, restart);
  const former = before === undefined ? [] : [{ version: before.spec.version, hash: before.hash }, ...before.former];
  const stored: StoredSpec =
    before !== undefined && spec.version === before.spec.version
      ? { spec: before.spec, former: before.former }
      : { spec, former: former.slice(0, maxVersions) };
  const volumes = volumeNamesOf(stored.spec);
  const entry = {
    kind: stored.spec.kind,
    id,
    spec: contentHash(stored),
    version: stored.spec.version,
    servicePorts: servicePortsOf(stored.spec),
    dependencies: stored.spec.dependencies,
    ...(volumes.length === 0 ? {} : { volumes }),
  };
  return { stored, entry };
}

/**
 * What becomes of the definitions of one change: service ports, versions, former versions. In the order given.
 * @param used service ports of everything that does not change
 */
export function applySpecs(
  specs: readonly SpecToApply[],
  used: Pick<ReadonlySet<number>, 'has'>,
  version: Timestamp,
  { servicePorts, maxVersions }: Pick<SchedulerConfig, 'servicePorts' | 'maxVersions'>,
): readonly AppliedSpec[] | AppError {
  const requests = specs.map(({ before, after }) => ({
    requested: servicePortsOf(after),
    previous: before === undefined ? [] : servicePortsOf(before.spec),
  }));
  const ports = assignServicePorts(requests, used, servicePorts);
  if (ports === undefined) {
    return illegalArgument(`All ports in the range [${servicePorts.begin}-${servicePorts.end}) are already in use`);
  }
  return specs.map((spec, index) => applied(spec, ports[index] ?? [], version, maxVersions));
}
