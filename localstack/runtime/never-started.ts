import type { ContainerHandle } from './container-runtime.ts';

/** The handle of a container that failed to start; `ended` resolves once that was told, at once unless given. */
export function neverStarted(ended: Promise<void> = Promise.resolve()): ContainerHandle {
  return { stop() {}, kill() {}, exec: async () => undefined, ended };
}
