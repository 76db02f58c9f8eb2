import type { ContainerRuntime } from './container-runtime.ts';
import { neverStarted } from './never-started.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { createSimulatedRuntime } from './simulated-runtime.ts';

/** What `--runtime` takes in this version. `docker` is not among them: no container engine is driven yet. */
export const RUNTIME_NAMES = ['auto', 'process', 'simulated'] as const;

export type RuntimeName = (typeof RUNTIME_NAMES)[number];

/** On the container of a `cmd` without an image: the image is only the default one, which a process does not need. */
const DEFAULT_IMAGE_LABEL = 'stride.default-image';

const NO_ENGINE =
  'no container engine: install one, or drop the image (this version of the local cloud runs processes only; ' +
  '--runtime process runs the command without its image)';

/**
 * The back-end for `--runtime`. `auto` runs a `cmd` without image as a process and fails every other container as
 * ECS does when it cannot pull; `process` ignores images; `simulated` runs nothing.
 */
export function createRuntime(name: RuntimeName, { dataDir }: { readonly dataDir: string }): ContainerRuntime {
  if (name === 'simulated') return createSimulatedRuntime();
  const processes = createProcessRuntime({ dataDir });
  if (name === 'process') return processes;
  return {
    start(run, listener) {
      if (DEFAULT_IMAGE_LABEL in run.dockerLabels) return processes.start(run, listener);
      listener.failed(`CannotPullContainerError: image ${run.image}: ${NO_ENGINE}`);
      return neverStarted();
    },
  };
}
