import { randomUUID } from 'node:crypto';
import { type EventBridgeEvent, LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';
import { makeEvent } from '../event-bridge/put-events.ts';
import type { Snapshot } from './disk-entities.ts';
import type { Settled } from './disk-life.ts';

type DiskEvent = NonNullable<Settled<unknown>['event']>;

function volumeArn(id: string): string {
  return `arn:aws:ec2:${LOCAL_REGION}:${LOCAL_ACCOUNT}:volume/${id}`;
}

/** `EBS Volume Notification` (aws.md §3.1). */
export function toVolumeEvent(
  volumeId: string,
  { name, result, cause = '' }: DiskEvent,
  now: number,
): EventBridgeEvent {
  return makeEvent({
    source: 'aws.ec2',
    detailType: 'EBS Volume Notification',
    resources: [volumeArn(volumeId)],
    detail: { event: name, result, cause, 'request-id': randomUUID() },
    time: new Date(now),
  });
}

/** `EBS Snapshot Notification`. */
export function toSnapshotEvent(
  snapshot: Snapshot,
  { name, result, cause = '' }: DiskEvent,
  now: number,
): EventBridgeEvent {
  const arn = `arn:aws:ec2:${LOCAL_REGION}::snapshot/${snapshot.id}`;
  return makeEvent({
    source: 'aws.ec2',
    detailType: 'EBS Snapshot Notification',
    resources: [arn],
    detail: {
      event: name,
      result,
      cause,
      'request-id': randomUUID(),
      snapshot_id: arn,
      source: volumeArn(snapshot.volumeId),
      startTime: new Date(snapshot.startedAt).toISOString(),
      endTime: new Date(snapshot.completedAt ?? now).toISOString(),
    },
    time: new Date(now),
  });
}
