import type { DeploymentAction, DeploymentPlan, DeploymentStep } from '../model/deployment.ts';
import { type InstanceId, toAppTaskId } from '../model/ids.ts';
import type { Condition, Instance } from '../model/instance.ts';
import type { MarathonEvent } from '../model/outbox.ts';
import type { PathId } from '../model/path-id.ts';
import { type Instant, type Timestamp, toTimestamp } from '../model/timestamp.ts';

/** Builders of Marathon's events (events.md §2), one a type, named after it. */

interface ApiPost {
  readonly clientIp: string;
  readonly uri: string;
  /** The app as the API shows it, without status fields. */
  readonly appDefinition: Readonly<Record<string, unknown>>;
}

export function apiPostEvent(post: ApiPost, at: Instant): MarathonEvent {
  return { ...post, eventType: 'api_post_event', timestamp: toTimestamp(at) };
}

/** Tells of a pod's write without the pod. */
export function podEvent(
  eventType: 'pod_created_event' | 'pod_updated_event' | 'pod_deleted_event',
  { clientIp, uri }: Pick<ApiPost, 'clientIp' | 'uri'>,
  at: Instant,
): MarathonEvent {
  return { clientIp, uri, eventType, timestamp: toTimestamp(at) };
}

export function groupChangeSuccess(groupId: PathId, version: Timestamp, at: Instant): MarathonEvent {
  return { groupId, version, eventType: 'group_change_success', timestamp: toTimestamp(at) };
}

/** `reason`: the text of the refusal; `version`: that of the refused change. */
export function groupChangeFailed(groupId: PathId, version: Timestamp, reason: string, at: Instant): MarathonEvent {
  return { groupId, version, eventType: 'group_change_failed', timestamp: toTimestamp(at), reason };
}

const VERBS = { start: 'Start', scale: 'Scale', restart: 'Restart', stop: 'Stop' } as const satisfies Record<
  DeploymentAction['kind'],
  string
>;

/** An action as Marathon names it: `StartApplication` of an `app`, `ScalePod` of a `pod`. */
export function actionOnWire({ kind, runSpec, specKind }: DeploymentAction) {
  const verb = VERBS[kind];
  return specKind === 'pod' ? { action: `${verb}Pod`, pod: runSpec } : { action: `${verb}Application`, app: runSpec };
}

const stepOnWire = (step: DeploymentStep) => ({ actions: step.actions.map(actionOnWire) });

/** The light form of a plan: no groups inside (since 1.8). */
function planOnWire(plan: DeploymentPlan) {
  return { id: plan.id, steps: plan.steps.map(stepOnWire), version: plan.version };
}

type StepEventType = 'deployment_info' | 'deployment_step_success' | 'deployment_step_failure';

export function deploymentStepEvent(
  eventType: StepEventType,
  plan: DeploymentPlan,
  step: DeploymentStep,
  at: Instant,
): MarathonEvent {
  return { plan: planOnWire(plan), currentStep: stepOnWire(step), eventType, timestamp: toTimestamp(at) };
}

export function deploymentSuccess(plan: DeploymentPlan, at: Instant): MarathonEvent {
  return { id: plan.id, plan: planOnWire(plan), eventType: 'deployment_success', timestamp: toTimestamp(at) };
}

export function deploymentFailed(plan: DeploymentPlan, reason: string, at: Instant): MarathonEvent {
  return { id: plan.id, plan: planOnWire(plan), eventType: 'deployment_failed', timestamp: toTimestamp(at), reason };
}

/** Why a deployment failed by itself, and at which of its steps. */
export interface StepFailure {
  readonly reason: string;
  readonly step: DeploymentStep;
}

/** A deployment fails because a step of it does, which is told first. */
export const deploymentStepFailed = (
  plan: DeploymentPlan,
  { reason, step }: StepFailure,
  at: Instant,
): readonly MarathonEvent[] => [
  deploymentStepEvent('deployment_step_failure', plan, step, at),
  deploymentFailed(plan, reason, at),
];

export function appTerminated(appId: PathId, at: Instant): MarathonEvent {
  return { appId, eventType: 'app_terminated_event', timestamp: toTimestamp(at) };
}

/** `taskStatus`: `TASK_…`; sent for each status that is applied to a known instance. */
export function statusUpdate(instance: Instance, taskStatus: string, message: string, at: Instant): MarathonEvent {
  return {
    slaveId: instance.agent?.id ?? '',
    taskId: toAppTaskId(instance.id, instance.incarnation),
    taskStatus,
    message,
    appId: instance.runSpec,
    host: instance.agent?.host ?? 'unknown',
    ipAddresses: (instance.agent?.ipAddresses ?? []).map((ipAddress) => ({ ipAddress, protocol: 'IPv4' })),
    ports: instance.hostPorts,
    version: instance.runSpecVersion,
    eventType: 'status_update_event',
    timestamp: toTimestamp(at),
  };
}

/** Condition or goal changed, at creation and expunging too. */
export function instanceChanged(instance: Instance, at: Instant): MarathonEvent {
  return {
    instanceId: instance.id,
    condition: instance.condition,
    runSpecId: instance.runSpec,
    agentId: instance.agent?.id ?? null,
    host: instance.agent?.host ?? null,
    runSpecVersion: instance.runSpecVersion,
    timestamp: toTimestamp(at),
    eventType: 'instance_changed_event',
  };
}

/** A task has ended whose instance is forgotten, such as one that was given up with its agent. */
export function unknownInstanceTerminated(
  instanceId: InstanceId,
  runSpecId: PathId,
  condition: Condition,
  at: Instant,
): MarathonEvent {
  return {
    instanceId,
    runSpecId,
    condition,
    eventType: 'unknown_instance_terminated_event',
    timestamp: toTimestamp(at),
  };
}

/** A health check of an app is run from now on. */
export function addHealthCheck(
  { id, version }: { readonly id: PathId; readonly version: Timestamp },
  healthCheck: Readonly<Record<string, unknown>>,
  at: Instant,
): MarathonEvent {
  return { appId: id, version, healthCheck, eventType: 'add_health_check_event', timestamp: toTimestamp(at) };
}

/** A health check of an app is run no longer. Names the app only, as Marathon does (events.md §2). */
export function removeHealthCheck(appId: PathId, at: Instant): MarathonEvent {
  return { appId, eventType: 'remove_health_check_event', timestamp: toTimestamp(at) };
}

/** A failure that counts. `taskId` is the instance's id, as in Marathon; `healthCheck`: the check as the API shows it. */
export function failedHealthCheck(
  { id, runSpec }: Instance,
  healthCheck: Readonly<Record<string, unknown>>,
  at: Instant,
): MarathonEvent {
  return {
    appId: runSpec,
    taskId: id,
    healthCheck,
    eventType: 'failed_health_check_event',
    timestamp: toTimestamp(at),
  };
}

/** One check of an instance began to pass, or to fail. */
export function healthStatusChanged(
  { id, runSpec, runSpecVersion }: Instance,
  alive: boolean,
  at: Instant,
): MarathonEvent {
  return {
    appId: runSpec,
    instanceId: id,
    version: runSpecVersion,
    alive,
    eventType: 'health_status_changed_event',
    timestamp: toTimestamp(at),
  };
}

/** `healthy`: of all checks together; null while some have no result. */
export function instanceHealthChanged(instance: Instance, healthy: boolean | null, at: Instant): MarathonEvent {
  return {
    instanceId: instance.id,
    runSpecId: instance.runSpec,
    healthy,
    runSpecVersion: instance.runSpecVersion,
    timestamp: toTimestamp(at),
    eventType: 'instance_health_changed_event',
  };
}

/** The task of an instance is killed for failed health checks. `reason`: the cause of the last failure. */
export function unhealthyInstanceKill(instance: Instance, reason: string, at: Instant): MarathonEvent {
  return {
    appId: instance.runSpec,
    taskId: toAppTaskId(instance.id, instance.incarnation),
    instanceId: instance.id,
    version: instance.runSpecVersion,
    reason,
    host: instance.agent?.host ?? 'unknown',
    ...(instance.agent === undefined ? {} : { slaveId: instance.agent.id }),
    eventType: 'unhealthy_instance_kill_event',
    timestamp: toTimestamp(at),
  };
}

export function eventStreamEvent(
  eventType: 'event_stream_attached' | 'event_stream_detached',
  remoteAddress: string,
  at: Instant,
): MarathonEvent {
  return { remoteAddress, eventType, timestamp: toTimestamp(at) };
}
