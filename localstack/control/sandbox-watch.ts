import type { ContainerRuntime } from '../runtime/container-runtime.ts';
import { sandboxName } from '../runtime/sandbox.ts';
import type { Sandbox } from './task-log.ts';

/** Knows which sandboxes are in use. */
export interface SandboxWatch {
  /** Whether a container runs that writes there. */
  isRunning(sandbox: Pick<Sandbox, 'host' | 'name'>): boolean;
}

/** The runtime, watched: which of the containers that it starts have not ended. */
export function watchSandboxes(runtime: ContainerRuntime): {
  readonly runtime: ContainerRuntime;
  readonly sandboxes: SandboxWatch;
} {
  const containers = new Map<string, number>();
  const keyOf = (host: string, name: string) => `${host}/${name}`;
  const count = (key: string, change: number) => {
    const after = (containers.get(key) ?? 0) + change;
    if (after === 0) containers.delete(key);
    else containers.set(key, after);
  };
  return {
    runtime: {
      start(run, listener) {
        const key = keyOf(run.host, sandboxName(run));
        count(key, 1);
        const handle = runtime.start(run, listener);
        void handle.ended.then(() => count(key, -1));
        return handle;
      },
    },
    sandboxes: { isRunning: ({ host, name }) => containers.has(keyOf(host, name)) },
  };
}
