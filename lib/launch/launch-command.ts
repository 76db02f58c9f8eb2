import type { AppDefinition } from '../model/run-spec.ts';

/** What a container runs. No entry point: the image's own; an empty command: the image's own as well. */
export interface LaunchCommand {
  readonly entryPoint?: readonly string[];
  readonly command: readonly string[];
}

/**
 * `cmd` runs in a shell. `args` are arguments for the image's entry point; without an image the first of them is the
 * executable (task-environment.md §5, aws.md §1.6). An entry point of ours also keeps the image's default command away.
 */
export function launchCommand({ cmd, args, container }: AppDefinition): LaunchCommand {
  if (cmd !== undefined) return { entryPoint: ['/bin/sh', '-c'], command: [cmd] };
  const [executable, ...rest] = args;
  if (executable === undefined || container?.docker !== undefined) return { command: args };
  return { entryPoint: [executable], command: rest };
}
