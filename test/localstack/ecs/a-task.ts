import type { Container, Task } from '../../../localstack/ecs/entities.ts';

export function aContainer(change: Partial<Container> = {}): Container {
  return {
    name: 'main',
    arn: 'arn:aws:ecs:local:000000000000:container/stride/t1/c1',
    image: 'alpine',
    essential: true,
    lastStatus: 'PENDING',
    cpu: 128,
    gpuIds: [],
    networkBindings: [],
    ...change,
  };
}

/** A task of one container, just accepted at 1000. */
export function aTask(change: Partial<Task> = {}): Task {
  return {
    arn: 'arn:aws:ecs:local:000000000000:task/stride/t1',
    cluster: 'stride',
    containerInstanceArn: 'arn:aws:ecs:local:000000000000:container-instance/stride/i1',
    definitionArn: 'arn:aws:ecs:local:000000000000:task-definition/web:1',
    family: 'web',
    group: 'stride:main',
    startedBy: 'launch-1',
    zone: 'local-a',
    awsvpc: false,
    overrides: { containerOverrides: [] },
    need: { cpu: 128, memory: 64, gpus: 0, portsTcp: [], portsUdp: [], interfaces: 0 },
    tags: { a: 'b' },
    lastStatus: 'PENDING',
    desiredStatus: 'RUNNING',
    version: 1,
    containers: [aContainer()],
    createdAt: 1000,
    ...change,
  };
}
