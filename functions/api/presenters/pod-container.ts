import { toPodTaskId } from '../../../lib/model/ids.ts';
import { type Condition, type HealthState, type Instance, isActive, isTerminal } from '../../../lib/model/instance.ts';
import type { PodContainer } from '../../../lib/model/pod.ts';
import type { PodSpec } from '../../../lib/model/run-spec.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { given } from '../../../lib/schema/given.ts';
import { TASK_STATES } from './task.ts';

/** Conditions in which a container takes its resources (responses.md §10). */
export const HOLDING: ReadonlySet<Condition> = new Set(['Staging', 'Starting', 'Running', 'Unreachable', 'Killing']);
const BEFORE_CHECKS: ReadonlySet<Condition> = new Set(['Scheduled', 'Provisioned', 'Staging', 'Starting']);

interface ContainerView {
  readonly container: PodContainer;
  /** Host ports of its endpoints, undefined where they have none. */
  readonly hostPorts: readonly (number | undefined)[];
  /** Of its health check, once there is a result. */
  readonly health: HealthState | undefined;
}

const withResult = (state: HealthState | undefined): HealthState | undefined =>
  state?.lastSuccess === undefined && state?.lastFailure === undefined ? undefined : state;

/** Each container with its part of what the instance keeps in the order of all endpoints and all checks. */
function viewsOf({ containers }: PodSpec, instance: Instance): readonly ContainerView[] {
  const ports = instance.hostPorts.values();
  const states = instance.health.values();
  return containers.map((container) => ({
    container,
    hostPorts: container.endpoints.map(({ hostPort }) => (hostPort === undefined ? undefined : ports.next().value)),
    health: container.healthCheck === undefined ? undefined : withResult(states.next().value),
  }));
}

function presentEndpoints({ container, hostPorts, health }: ContainerView) {
  const probe = container.healthCheck?.probe;
  const checked = probe === undefined || probe.kind === 'exec' ? undefined : probe.endpoint;
  return container.endpoints.map(({ name }, index) =>
    given({
      name,
      allocatedHostPort: hostPorts[index],
      healthy: name === checked ? health?.alive : undefined,
    }),
  );
}

function presentConditions({ container, health }: ContainerView, { condition, since }: Instance) {
  if (container.healthCheck === undefined || BEFORE_CHECKS.has(condition)) return [];
  const at = toTimestamp(health?.lastSuccess ?? health?.lastFailure ?? since);
  return [
    {
      name: 'healthy',
      lastChanged: at,
      lastUpdated: at,
      value: String(health?.alive ?? false),
      reason: health === undefined ? 'health-unreported-by-mesos' : 'health-reported-by-mesos',
    },
  ];
}

function presentTermination({ condition, termination }: Instance) {
  if (!isTerminal(condition) || termination === undefined) return undefined;
  return given({ exitCode: termination.exitCode, message: termination.message });
}

function presentContainer(view: ContainerView, instance: Instance) {
  const { container } = view;
  const since = toTimestamp(instance.since);
  const containerId = toPodTaskId(instance.id, container.name, instance.incarnation);
  return given({
    name: container.name,
    status: TASK_STATES[instance.condition],
    statusSince: since,
    conditions: presentConditions(view, instance),
    containerId: isActive(instance.condition) ? containerId : undefined,
    endpoints: presentEndpoints(view),
    resources: HOLDING.has(instance.condition) ? container.resources : undefined,
    termination: presentTermination(instance),
    lastUpdated: since,
    lastChanged: since,
  });
}

/** The containers of an instance (responses.md §10), each in the condition of the whole. */
export const presentPodContainers = (pod: PodSpec, instance: Instance) =>
  viewsOf(pod, instance).map((view) => presentContainer(view, instance));
