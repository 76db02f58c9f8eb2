import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerRun } from './container-runtime.ts';

/** Where the sandboxes of all agents are: `DATA/agents`, with links resolved; made if missing. */
export function agentsDirectory(dataDir: string): string {
  const directory = join(dataDir, 'agents');
  mkdirSync(directory, { recursive: true });
  return realpathSync(directory);
}

/** `<agents>/<host>/tasks/<name>`. */
export const sandboxIn = (agents: string, host: string, name: string): string => join(agents, host, 'tasks', name);

/** `DATA/agents/<host>/tasks/<task id>`, made with its `tmp`: the container's directory, home and output. */
export function makeSandbox(dataDir: string, run: ContainerRun): string {
  const sandbox = sandboxIn(agentsDirectory(dataDir), run.host, sandboxName(run));
  mkdirSync(join(sandbox, 'tmp'), { recursive: true });
  return sandbox;
}

/** Name of a container's sandbox: Marathon's task id when the environment holds one that is a plain file name, else ECS's. */
export function sandboxName(run: ContainerRun): string {
  const marathonId = run.environment['MESOS_TASK_ID'];
  if (marathonId !== undefined && /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/.test(marathonId)) return marathonId;
  return run.alone ? run.taskId : `${run.taskId}.${run.name}`;
}
