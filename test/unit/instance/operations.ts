import { type InstanceEffect, type InstanceOperation, reduceInstance } from '../../../lib/instance/reduce-instance.ts';
import type { LaunchId } from '../../../lib/model/ids.ts';
import type { Condition, Instance } from '../../../lib/model/instance.ts';
import type { MarathonEvent } from '../../../lib/model/outbox.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';
import { aSighting } from './a-sighting.ts';

export const NOW = EPOCH + 60_000;
export const OTHER = '11111111-0000-4000-8000-000000000000' as LaunchId;
export const LAUNCH = aSighting().launch ?? OTHER;
export const ARN = aSighting().arn;

export const CONDITIONS: readonly Condition[] = [
  'Scheduled',
  'Provisioned',
  'Staging',
  'Starting',
  'Running',
  'Killing',
  'Unreachable',
  'UnreachableInactive',
  'Finished',
  'Killed',
  'Failed',
  'Error',
  'Gone',
  'Dropped',
  'Unknown',
];
export const ENDED: readonly Condition[] = ['Finished', 'Killed', 'Failed', 'Error', 'Gone', 'Dropped', 'Unknown'];

export const run = (instance: Instance, operation: InstanceOperation): InstanceEffect =>
  reduceInstance(instance, operation, NOW);
export const provisioned = (): Instance => ({
  ...anInstance({ condition: 'Provisioned', launch: { id: LAUNCH, at: EPOCH, ecsVersion: 0 } }),
});

export const changed = (condition: Condition, on = true): MarathonEvent => ({
  instanceId: anInstance().id,
  condition,
  runSpecId: '/app',
  agentId: on ? 'i-0a1' : null,
  host: on ? 'i-0a1.example.internal' : null,
  runSpecVersion: toTimestamp(EPOCH),
  timestamp: toTimestamp(NOW),
  eventType: 'instance_changed_event',
});
export const status = (taskStatus: string, message = ''): MarathonEvent => ({
  slaveId: 'i-0a1',
  taskId: `${anInstance().id}._app.1`,
  taskStatus,
  message,
  appId: '/app',
  host: 'i-0a1.example.internal',
  ipAddresses: [{ ipAddress: '10.0.1.20', protocol: 'IPv4' }],
  ports: [31_000],
  version: toTimestamp(EPOCH),
  eventType: 'status_update_event',
  timestamp: toTimestamp(NOW),
});
