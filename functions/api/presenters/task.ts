import { toAppTaskId } from '../../../lib/model/ids.ts';
import {
  type CheckState,
  type Condition,
  type HealthState,
  type Instance,
  isActive,
} from '../../../lib/model/instance.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { type Instant, type Timestamp, toTimestamp } from '../../../lib/model/timestamp.ts';
import { given } from '../../../lib/schema/given.ts';
import { resultsOf } from './task-counts.ts';

/** Mesos's names; what the cluster does not know yet is shown as staging (responses.md §3). */
export const TASK_STATES: Readonly<Record<Condition, string>> = {
  Scheduled: 'TASK_STAGING',
  Provisioned: 'TASK_STAGING',
  Staging: 'TASK_STAGING',
  Starting: 'TASK_STARTING',
  Running: 'TASK_RUNNING',
  Killing: 'TASK_KILLING',
  Unreachable: 'TASK_UNREACHABLE',
  UnreachableInactive: 'TASK_UNREACHABLE',
  Finished: 'TASK_FINISHED',
  Killed: 'TASK_KILLED',
  Failed: 'TASK_FAILED',
  Error: 'TASK_ERROR',
  Gone: 'TASK_GONE',
  Dropped: 'TASK_DROPPED',
  Unknown: 'TASK_UNKNOWN',
};

const at = (instant: Instant | undefined): Timestamp | undefined =>
  instant === undefined ? undefined : toTimestamp(instant);

/** Marathon prints `instance [<id>]` here, its class's debug text; no client reads it, so the plain id is shown. */
function presentHealth(instance: Instance, state: HealthState) {
  return given({
    alive: state.alive,
    consecutiveFailures: state.consecutiveFailures,
    firstSuccess: at(state.firstSuccess),
    instanceId: instance.id,
    lastSuccess: at(state.lastSuccess),
    lastFailure: at(state.lastFailure),
    lastFailureCause: state.lastFailureCause,
  });
}

function presentCheck({ result }: CheckState) {
  switch (result?.kind) {
    case 'http':
      return { http: { statusCode: result.statusCode } };
    case 'tcp':
      return { tcp: { succeeded: result.succeeded } };
    case 'command':
      return { command: { exitCode: result.exitCode } };
    case undefined:
      return undefined;
  }
}

const presentIpAddress = (ipAddress: string) => ({
  ipAddress,
  protocol: ipAddress.includes(':') ? 'IPv6' : 'IPv4',
});

/** True for an instance that task lists show: it has a task and an agent, whatever its state. */
export const isListed = (instance: Instance): boolean => instance.launch !== undefined && instance.agent !== undefined;

/** The service ports of an app, in the order of its ports: what only `GET /v2/tasks` shows with each task. */
export function servicePortsOf({ container, portDefinitions }: AppSpec): readonly number[] {
  return container?.portMappings?.map(({ servicePort }) => servicePort) ?? portDefinitions.map(({ port }) => port);
}

/** One task in Marathon's JSON (responses.md §3). A task that is not active has neither ports nor times. */
export function presentTask(instance: Instance, app: AppSpec, servicePorts: readonly number[] = []) {
  const active = isActive(instance.condition);
  return given({
    appId: instance.runSpec,
    healthCheckResults: resultsOf(instance).map((state) => presentHealth(instance, state)),
    checkResult: instance.check === undefined ? undefined : presentCheck(instance.check),
    host: instance.agent?.host ?? 'unknown',
    id: toAppTaskId(instance.id, instance.incarnation),
    ipAddresses: (instance.agent?.ipAddresses ?? []).map(presentIpAddress),
    ports: active ? instance.hostPorts : [],
    servicePorts,
    slaveId: instance.agent?.id,
    state: TASK_STATES[instance.condition],
    stagedAt: active ? at(instance.stagedAt) : undefined,
    startedAt: active ? at(instance.startedAt) : undefined,
    version: active ? instance.runSpecVersion : undefined,
    localVolumes: [],
    region: instance.agent?.region,
    zone: instance.agent?.zone,
    role: app.role,
  });
}
