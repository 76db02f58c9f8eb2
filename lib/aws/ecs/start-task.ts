import { type ECSClient, RegisterTaskDefinitionCommand, StartTaskCommand } from '@aws-sdk/client-ecs';
import type { StartOutcome } from '../../gateways/cluster.ts';
import type { ContainerFields, StartTaskRequest, TaskDefinition } from '../../model/task.ts';
import { taskOverrides } from '../../model/task-overrides.ts';
import { toTaskSighting } from './sightings.ts';

const THROTTLES = new Set(['ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded']);

export const isThrottle = (error: unknown): boolean => error instanceof Error && THROTTLES.has(error.name);

/** AWS answered and refused: 4xx. Time-outs, resets and 5xx leave it open what happened. */
export function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error) || !('$metadata' in error)) return false;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return false;
  const status = metadata.httpStatusCode;
  return typeof status === 'number' && status >= 400 && status < 500;
}

/** The log driver is told together with its options; the SDK wants to see it. */
function containerFields({ logConfiguration, ...fields }: ContainerFields = {}) {
  const { logDriver, options } = logConfiguration ?? {};
  return logDriver === undefined ? fields : { ...fields, logConfiguration: { logDriver, options } };
}

/** Registers the definition as a new revision of its family; the revision's ARN. */
export async function registerTaskDefinition(client: ECSClient, definition: TaskDefinition): Promise<string> {
  const { container } = definition;
  const volumes = container.mountPoints.map((mount, index) => ({ ...mount, name: `host-${index}` }));
  const answer = await client.send(
    new RegisterTaskDefinitionCommand({
      family: definition.family,
      networkMode: definition.networkMode,
      requiresCompatibilities: ['EC2'],
      pidMode: definition.pidMode,
      ipcMode: definition.ipcMode,
      volumes: volumes.map(({ name, hostPath }) => ({ name, host: { sourcePath: hostPath } })),
      containerDefinitions: [
        {
          name: container.name,
          image: container.image,
          ...(container.memoryIs === 'soft' ? { memoryReservation: container.memory } : { memory: container.memory }),
          essential: true,
          privileged: container.privileged,
          dockerLabels: { ...container.dockerLabels },
          mountPoints: volumes.map(({ name, containerPath, readOnly }) => ({
            sourceVolume: name,
            containerPath,
            readOnly,
          })),
          ...containerFields(container.fields),
          ...(container.portMappings === undefined ? {} : { portMappings: [...container.portMappings] }),
          ...(container.healthCheck === undefined
            ? {}
            : { healthCheck: { ...container.healthCheck, command: [...container.healthCheck.command] } }),
          ...(container.entryPoint === undefined ? {} : { entryPoint: [...container.entryPoint] }),
          ...(container.user === undefined ? {} : { user: container.user }),
          ...(container.stopTimeoutSeconds === undefined ? {} : { stopTimeout: container.stopTimeoutSeconds }),
        },
      ],
    }),
  );
  const arn = answer.taskDefinition?.taskDefinitionArn;
  if (arn === undefined) throw new Error(`RegisterTaskDefinition of ${definition.family} gave no ARN`);
  return arn;
}

/**
 * Starts one task on one container instance, without any retry: StartTask has no token, so only an answer tells
 * what happened (aws.md §1.7).
 */
export async function startTask(client: ECSClient, cluster: string, request: StartTaskRequest): Promise<StartOutcome> {
  const { container } = request;
  const command = new StartTaskCommand({
    cluster,
    containerInstances: [request.containerInstance],
    taskDefinition: request.taskDefinitionArn,
    startedBy: request.launch,
    group: request.group,
    overrides: taskOverrides(container),
  });
  try {
    const answer = await client.send(command);
    const [task] = answer.tasks ?? [];
    if (task !== undefined) return { kind: 'started', task: toTaskSighting(task) };
    const failure = answer.failures?.[0];
    return { kind: 'refused', reason: failure?.reason ?? 'UNKNOWN', detail: failure?.detail ?? '' };
  } catch (error) {
    if (isThrottle(error)) return { kind: 'throttled' };
    if (isRefusal(error)) return { kind: 'refused', reason: error.name, detail: error.message };
    return { kind: 'unknown', detail: error instanceof Error ? error.message : String(error) };
  }
}
