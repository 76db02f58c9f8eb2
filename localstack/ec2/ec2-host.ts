import type { ContainerInstance } from '../ecs/entities.ts';

/** A machine as EC2 shows it. */
export interface Ec2Host {
  /** `i-` and 17 hexadecimal digits. */
  readonly instanceId: string;
  /** Name or IPv4 address by which its tasks are reached. */
  readonly host: string;
  readonly zone: string;
  readonly state: 'running' | 'stopped' | 'terminated';
  readonly launchedAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The machine under a container instance: killed ones show as stopped, those gone from the agents list as terminated.
 * Deregistering a container instance leaves its machine running.
 */
export function toEc2Host(instance: ContainerInstance): Ec2Host {
  return {
    instanceId: instance.ec2InstanceId,
    host: instance.host,
    zone: instance.zone,
    state: instance.machineRunning ? 'running' : instance.status === 'INACTIVE' ? 'terminated' : 'stopped',
    launchedAt: instance.registeredAt,
    tags: instance.tags,
  };
}

/** Its host when that is an address; hosts with names live on this machine. */
export function ipAddressOf({ host }: Ec2Host): string {
  return /^\d+(\.\d+){3}$/.test(host) ? host : '127.0.0.1';
}
