import type { ContainerInstance } from '../ecs/entities.ts';
import type { Ec2Host } from './ec2.ts';

/** The machine under a container instance: killed ones show as stopped, deregistered ones as terminated. */
export function toEc2Host(instance: ContainerInstance): Ec2Host {
  return {
    instanceId: instance.ec2InstanceId,
    host: instance.host,
    zone: instance.zone,
    state: instance.status === 'INACTIVE' ? 'terminated' : instance.machineRunning ? 'running' : 'stopped',
    launchedAt: instance.registeredAt,
    tags: instance.tags,
  };
}
