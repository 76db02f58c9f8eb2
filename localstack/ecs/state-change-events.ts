import * as z from 'zod';
import { type EventBridgeEvent, LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';
import { toClusterArn } from './arns.ts';
import type { ContainerInstance, Task } from './entities.ts';
import { viewContainerInstance } from './instance-view.ts';
import { viewTask } from './task-view.ts';
import { asIsoText } from './views.ts';

/** When and under which id an event goes out. */
export interface EventStamp {
  readonly id: string;
  readonly now: number;
}

/** `ECS Task State Change` as EventBridge gets it (aws.md §2). */
export function toTaskEvent(task: Task, instance: ContainerInstance | undefined, stamp: EventStamp): EventBridgeEvent {
  const detail = { ...viewTask(task, instance, asIsoText), updatedAt: asIsoText(stamp.now) };
  return toEvent('ECS Task State Change', task.arn, detail, stamp);
}

/** `ECS Container Instance State Change`; `live` are the tasks that hold resources on it. */
export function toContainerInstanceEvent(
  instance: ContainerInstance,
  live: readonly Task[],
  stamp: EventStamp,
): EventBridgeEvent {
  const clusterArn = toClusterArn(instance.cluster);
  const detail = { ...viewContainerInstance(instance, live, asIsoText), clusterArn, updatedAt: asIsoText(stamp.now) };
  return toEvent('ECS Container Instance State Change', instance.arn, detail, stamp);
}

function toEvent(detailType: string, arn: string, detail: object, { id, now }: EventStamp): EventBridgeEvent {
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source: 'aws.ecs',
    account: LOCAL_ACCOUNT,
    time: new Date(now).toISOString(),
    region: LOCAL_REGION,
    resources: [arn],
    detail: withoutAbsent(detail),
  };
}

/** An event is JSON: absent members are left out, as on the wire. */
function withoutAbsent(detail: object): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(JSON.stringify(detail)));
}
