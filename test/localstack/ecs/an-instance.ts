import type { ContainerInstance } from '../../../localstack/ecs/entities.ts';

/** An idle container instance. */
export function anInstance(change: Partial<ContainerInstance> = {}): ContainerInstance {
  return {
    arn: 'arn:aws:ecs:local:000000000000:container-instance/stride/i1',
    cluster: 'stride',
    ec2InstanceId: 'i-00000000000000001',
    host: '127.0.0.11',
    zone: 'local-a',
    status: 'ACTIVE',
    added: false,
    agentConnected: true,
    machineRunning: true,
    registered: { cpu: 1024, memory: 1024, gpuIds: [] },
    attributes: {},
    tags: {},
    version: 1,
    registeredAt: 0,
    ...change,
  };
}
