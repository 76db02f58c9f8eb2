import { constants } from 'node:os';
import type { ContainerHandle, ContainerRun, ContainerRuntime, PortBinding } from './container-runtime.ts';

/** Linux's ephemeral range, from which the ECS agent picks (aws.md §1.5). */
const FIRST_EPHEMERAL = 32_768;
const LAST_EPHEMERAL = 60_999;

/** Runs nothing: a container is up at once, healthy, and ends only when it is stopped, as if by the signal. */
export function createSimulatedRuntime(): ContainerRuntime {
  let started = 0;
  let nextPort = FIRST_EPHEMERAL;
  const bind = (mapping: ContainerRun['portMappings'][number]): PortBinding => {
    if (mapping.hostPort !== 0) return { bindIP: '0.0.0.0', ...mapping };
    const hostPort = nextPort;
    nextPort = nextPort === LAST_EPHEMERAL ? FIRST_EPHEMERAL : nextPort + 1;
    return { bindIP: '0.0.0.0', ...mapping, hostPort };
  };
  return {
    start(run, listener): ContainerHandle {
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      let over = false;
      const end = (signal: 'SIGTERM' | 'SIGKILL') => {
        if (over) return;
        over = true;
        listener.exited(128 + constants.signals[signal]);
        resolve();
      };
      started += 1;
      listener.started(`simulated-${started}`, run.portMappings.map(bind));
      return { stop: () => end('SIGTERM'), kill: () => end('SIGKILL'), exec: async () => 0, ended };
    },
  };
}
