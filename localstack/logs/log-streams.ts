import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import type { SandboxWatch } from '../control/sandbox-watch.ts';
import type { ContainerRun, ContainerRuntime } from '../runtime/container-runtime.ts';
import { neverStarted } from '../runtime/never-started.ts';
import { sandboxIn, sandboxName } from '../runtime/sandbox.ts';
import { unlessMissing } from '../runtime/unless-missing.ts';

/** A file in a sandbox, as the log stream of its container. */
export interface StreamFile {
  readonly path: string;
  /** Whether a container runs that writes there. */
  isRunning(): boolean;
}

/** Which stream is which file. */
export interface LogStreams {
  /** Undefined: no container has such a stream, or its sandbox is gone. */
  find(group: string, stream: string): Promise<StreamFile | undefined>;
}

const AWSLOGS = z.object({
  logDriver: z.literal('awslogs'),
  options: z.object({ 'awslogs-group': z.string(), 'awslogs-stream-prefix': z.string() }),
});

/** Where the sandboxes of streams are noted: a link for each, so that the data directory may be moved. */
const DIRECTORY = 'log-streams';
/** Behind a stream's name: the same container's errors, which a process writes to a file of their own. */
const ERRORS = '/stderr';

const linkName = (group: string, stream: string): string =>
  createHash('sha256')
    .update(JSON.stringify([group, stream]))
    .digest('hex');

/**
 * The awslogs driver: containers that ask for it, with a stream prefix, get the stream
 * `<prefix>/<container name>/<ECS task id>`. The runtime given starts them as ever; what they print stays in their
 * sandboxes, and is told from there as long as these live.
 */
export function withLogStreams(
  runtime: ContainerRuntime,
  { dataDir, sandboxes }: { readonly dataDir: string; readonly sandboxes: SandboxWatch },
): { readonly runtime: ContainerRuntime; readonly streams: LogStreams } {
  const directory = join(dataDir, DIRECTORY);

  function note(run: ContainerRun): void {
    const { data } = AWSLOGS.safeParse(run.extras['logConfiguration']);
    if (data === undefined) return;
    const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix } = data.options;
    const link = join(directory, linkName(group, `${prefix}/${run.name}/${run.taskId}`));
    mkdirSync(directory, { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(sandboxIn(join('..', 'agents'), run.host, sandboxName(run)), link);
  }

  return {
    runtime: {
      start(run, listener) {
        try {
          note(run);
        } catch (error) {
          listener.failed(`CannotStartContainerError: failed to initialize logging driver: ${String(error)}`);
          return neverStarted();
        }
        return runtime.start(run, listener);
      },
    },
    streams: {
      async find(group, stream) {
        const isErrors = stream.endsWith(ERRORS);
        const link = linkName(group, isErrors ? stream.slice(0, -ERRORS.length) : stream);
        const sandbox = await unlessMissing(readlink(join(directory, link)));
        if (sandbox === undefined) return undefined;
        const used = { host: basename(dirname(dirname(sandbox))), name: basename(sandbox) };
        return {
          path: join(directory, sandbox, isErrors ? 'stderr' : 'stdout'),
          isRunning: () => sandboxes.isRunning(used),
        };
      },
    },
  };
}
