import { type DisksDeps, openDisks } from '../ebs/disks.ts';
import { createEbs } from '../ebs/ebs.ts';
import { EBS_THROTTLE } from '../ebs/throttle-rules.ts';
import type { ContainerInstance } from '../ecs/entities.ts';
import type { AwsService } from '../endpoint/aws-service.ts';
import { throttle } from '../endpoint/throttle.ts';
import { createEc2 } from './ec2.ts';
import { machineState, toEc2Host } from './ec2-host.ts';
import { ec2Throttle } from './throttle-rules.ts';

export interface MachinesDeps extends Omit<DisksDeps, 'instanceState'> {
  /** The container instances at this moment, INACTIVE ones included. */
  readonly agents: () => readonly ContainerInstance[];
  /** AWS's request limits (aws.md §1.2, §3.4); off unless given. */
  readonly throttling?: boolean;
}

/** The machines below the agents as EC2 and the EBS direct APIs show them, over one set of disks. */
export interface Machines {
  readonly ec2: AwsService;
  readonly ebs: AwsService;
  setThrottling(on: boolean): void;
  close(): void;
}

/** Opens what the data directory has of disks. Calls are to be made once the agents are registered. */
export function openMachines({ agents, throttling: throttled = false, ...deps }: MachinesDeps): Machines {
  let throttling = throttled;
  const disks = openDisks({
    ...deps,
    instanceState(instanceId) {
      const agent = agents().find((each) => each.ec2InstanceId === instanceId);
      return agent === undefined ? 'terminated' : machineState(agent);
    },
  });
  const ec2 = createEc2({ hosts: () => agents().map(toEc2Host), disks });
  const when = { now: disks.now, isOn: () => throttling };
  return {
    ec2: throttle(ec2, ec2Throttle(ec2.operations), when),
    ebs: throttle(createEbs(disks), EBS_THROTTLE, when),
    setThrottling(on) {
      throttling = on;
    },
    close: disks.close,
  };
}
