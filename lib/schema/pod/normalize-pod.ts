import type { Constraint } from '../../model/constraint.ts';
import type { PathId } from '../../model/path-id.ts';
import type { PodVolume } from '../../model/pod.ts';
import { addResources, type Resources } from '../../model/resources.ts';
import type { Network, PodDefinition } from '../../model/run-spec.ts';
import { readConstraints } from '../constraints.ts';
import { distinct } from '../distinct.ts';
import { given } from '../given.ts';
import { normalizeLinuxInfo, normalizeUnreachableStrategy, normalizeUpgradeStrategy } from '../normalize-values.ts';
import { normalizeDisk } from '../normalize-volumes.ts';
import { normalizeContainer } from './normalize-container.ts';
import type { PodInput } from './wire/pod.ts';
import type { SchedulingInput } from './wire/scheduling.ts';
import type { PodVolumeInput } from './wire/volume.ts';

const DEFAULT_EXECUTOR = { cpus: 0.1, mem: 32, disk: 10 };

type ConstraintInput = NonNullable<SchedulingInput['placement']>['constraints'][number];

/** In the form of an app's constraint, which the same rules read. */
export const constraintParts = ({ fieldName, operator, value }: ConstraintInput): readonly string[] =>
  value === undefined ? [fieldName, operator] : [fieldName, operator, String(value)];

function toConstraints(constraints: readonly ConstraintInput[]): readonly Constraint[] {
  return distinct(readConstraints(constraints.map(constraintParts)).constraints);
}

function toVolume(volume: PodVolumeInput): PodVolume {
  const { name } = volume;
  if ('persistent' in volume) return { kind: 'persistent', name, persistent: normalizeDisk(volume.persistent) };
  if ('secret' in volume) return { kind: 'secret', name, secret: volume.secret };
  return 'host' in volume ? { kind: 'host', name, hostPath: volume.host } : { kind: 'ephemeral', name };
}

/** Fills every default in (pod-and-group-model.md A2 to A5). `id` is absolute; `role` where the input has none. */
export function normalizePod(id: PathId, role: string, input: PodInput): PodDefinition {
  const networks: readonly Network[] = input.networks.map((network) => given(network));
  const hasOwnNetwork = networks.some(({ mode }) => mode === 'container');
  const containers = input.containers.map((container) => normalizeContainer(container, hasOwnNetwork));
  const volumes = input.volumes.map(toVolume);
  const executorResources = input.executorResources ?? DEFAULT_EXECUTOR;
  const executor: Resources = { ...executorResources, gpus: 0 };
  const { backoff, upgrade, placement, killSelection, unreachableStrategy } = input.scheduling ?? {};
  const resident = volumes.some(({ kind }) => kind === 'persistent');
  return {
    kind: 'pod',
    id,
    ...given({
      user: input.user,
      linuxInfo: input.linuxInfo === undefined ? undefined : normalizeLinuxInfo(input.linuxInfo),
      legacySharedCgroups: input.legacySharedCgroups === true ? (true as const) : undefined,
    }),
    env: input.environment,
    instances: input.scaling?.instances ?? 1,
    resources: containers.reduce((sum, { resources }) => addResources(sum, resources), executor),
    constraints: toConstraints(placement?.constraints ?? []),
    acceptedResourceRoles: distinct(placement?.acceptedResourceRoles ?? []),
    role: input.role ?? role,
    networks,
    dependencies: [],
    labels: input.labels,
    backoff: {
      backoffSeconds: backoff?.backoff ?? 1,
      backoffFactor: backoff?.backoffFactor ?? 1.15,
      maxLaunchDelaySeconds: backoff?.maxLaunchDelay ?? 300,
    },
    upgradeStrategy: normalizeUpgradeStrategy(upgrade, resident),
    unreachableStrategy: normalizeUnreachableStrategy(unreachableStrategy, resident),
    killSelection: killSelection ?? 'YOUNGEST_FIRST',
    containers,
    secrets: input.secrets,
    volumes,
    executorResources,
  };
}
