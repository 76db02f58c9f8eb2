import type { ContainerInstance } from '../ecs/entities.ts';
import { type EventBridgeEvent, LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';
import { makeEvent } from '../event-bridge/put-events.ts';
import { machineState } from './ec2-host.ts';

/** `EC2 Instance State-change Notification`: the machine below a container instance came or went. */
export function toInstanceStateEvent(instance: ContainerInstance, now: number): EventBridgeEvent {
  const { ec2InstanceId: id } = instance;
  return makeEvent({
    source: 'aws.ec2',
    detailType: 'EC2 Instance State-change Notification',
    resources: [`arn:aws:ec2:${LOCAL_REGION}:${LOCAL_ACCOUNT}:instance/${id}`],
    detail: { 'instance-id': id, state: machineState(instance) },
    time: new Date(now),
  });
}
