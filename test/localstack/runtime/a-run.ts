import type { ContainerRun } from '../../../localstack/runtime/container-runtime.ts';

/** A container that prints and ends. */
export function aRun(change: Partial<ContainerRun> = {}): ContainerRun {
  return {
    taskId: '0123456789abcdef0123456789abcdef',
    host: '127.0.0.11',
    name: 'main',
    image: 'alpine',
    alone: true,
    entryPoint: ['/bin/sh', '-c'],
    command: ['echo hello'],
    environment: {},
    dockerLabels: {},
    portMappings: [],
    extras: {},
    ...change,
  };
}
