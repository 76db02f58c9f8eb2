import type { TaskFiles } from '../../gateways/task-files.ts';

/** The gateway on a log group. The client is loaded on first use: other requests never pay its cold start. */
export function connectTaskFiles(group: string): TaskFiles {
  let files: TaskFiles | undefined;
  return {
    async read(file, start, lines) {
      files ??= (await import('./log-group-files.ts')).connectLogGroup(group);
      return files.read(file, start, lines);
    },
  };
}
