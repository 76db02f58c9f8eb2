import type { InstanceState } from '../ebs/disk-life.ts';
import type { ContainerInstance } from '../ecs/entities.ts';

/** A machine as EC2 shows it. */
export interface Ec2Host {
  /** `i-` and 17 hexadecimal digits. */
  readonly instanceId: string;
  readonly instanceType: string;
  /** Name or IPv4 address by which its tasks are reached. */
  readonly host: string;
  readonly zone: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly state: InstanceState;
  readonly launchedAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The machine under a container instance: killed ones show as stopped, those gone from the agents list as terminated.
 * Deregistering a container instance leaves its machine running.
 */
export function toEc2Host(instance: ContainerInstance): Ec2Host {
  const { attributes, registered } = instance;
  return {
    instanceId: instance.ec2InstanceId,
    instanceType: attributes['ecs.instance-type'] ?? '',
    host: instance.host,
    zone: instance.zone,
    subnetId: attributes['ecs.subnet-id'] ?? '',
    vpcId: attributes['ecs.vpc-id'] ?? '',
    vcpus: Math.max(1, Math.ceil(registered.cpu / 1024)),
    memoryMiB: registered.memory,
    state: machineState(instance),
    launchedAt: instance.registeredAt,
    tags: instance.tags,
  };
}

export function machineState({ machineRunning, status }: ContainerInstance): InstanceState {
  if (machineRunning) return 'running';
  return status === 'INACTIVE' ? 'terminated' : 'stopped';
}

/** Its host when that is an address; hosts with names live on this machine. */
export function ipAddressOf({ host }: Ec2Host): string {
  return /^\d+(\.\d+){3}$/.test(host) ? host : '127.0.0.1';
}
