import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants, userInfo } from 'node:os';
import { join } from 'node:path';
import type {
  ContainerHandle,
  ContainerListener,
  ContainerRun,
  ContainerRuntime,
  PortBinding,
} from './container-runtime.ts';
import { execProbe } from './exec-probe.ts';
import { recordProcess } from './left-overs.ts';
import { neverStarted } from './never-started.ts';
import { signalGroup } from './process-group.ts';
import { makeSandbox } from './sandbox.ts';

/** Docker's default for images that name none. */
const IMAGE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Extras of a definition that a plain process has by nature, or that change nothing for it. */
const HARMLESS = new Set(['logConfiguration', 'versionConsistency', 'startTimeout', 'disableNetworking']);

/**
 * Runs each container as a process of this machine: own session and process group, sandbox as working directory,
 * output appended to `stdout` and `stderr` there, and no environment but the container's own. The image is not used.
 */
export function createProcessRuntime({ dataDir }: { readonly dataDir: string }): ContainerRuntime {
  return {
    start(run, listener) {
      const unserved = describeUnserved(run);
      if (unserved !== undefined) return refuse(listener, `CannotCreateContainerError: ${unserved}`);
      const [file, ...args] = [...run.entryPoint, ...run.command];
      if (file === undefined) return refuse(listener, 'CannotCreateContainerError: No command specified');
      try {
        const sandbox = makeSandbox(dataDir, run);
        const env = environmentIn(sandbox, run);
        return follow(spawnIn(sandbox, file, args, env), sandbox, env, run, listener);
      } catch (error) {
        return refuse(listener, `CannotCreateContainerError: ${String(error)}`);
      }
    },
  };
}

function environmentIn(sandbox: string, run: ContainerRun): Record<string, string> {
  const image = { PATH: IMAGE_PATH, HOME: sandbox, TMPDIR: join(sandbox, 'tmp') };
  return { ...image, ...run.environment, MESOS_SANDBOX: sandbox };
}

function spawnIn(sandbox: string, file: string, args: string[], env: Record<string, string>): ChildProcess {
  const stdout = openSync(join(sandbox, 'stdout'), 'a');
  try {
    const stderr = openSync(join(sandbox, 'stderr'), 'a');
    try {
      return spawn(file, args, {
        cwd: sandbox,
        detached: true,
        env,
        stdio: ['ignore', stdout, stderr],
      });
    } finally {
      closeSync(stderr);
    }
  } finally {
    closeSync(stdout);
  }
}

function follow(
  child: ChildProcess,
  sandbox: string,
  env: Record<string, string>,
  run: ContainerRun,
  listener: ContainerListener,
): ContainerHandle {
  const { pid } = child;
  if (pid === undefined) {
    const ended = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        listener.failed(`CannotStartContainerError: ${error.message}`);
        resolve();
      });
    });
    return neverStarted(ended);
  }
  recordProcess(sandbox, pid);
  const over = new AbortController();
  let killTimer: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      clearTimeout(killTimer);
      signalGroup(pid, 'SIGKILL');
      over.abort();
      listener.exited(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      resolve();
    });
  });
  listener.started(`process-${pid}`, bindingsOf(run));
  return {
    stop(signal, graceMs) {
      if (killTimer !== undefined || isOver(child)) return;
      signalGroup(pid, signal);
      killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
    },
    kill() {
      if (!isOver(child)) signalGroup(pid, 'SIGKILL');
    },
    exec: (command, timeoutMs) => execProbe(command, timeoutMs, { cwd: sandbox, env, over: over.signal }),
    ended,
  };
}

/** Once it is over its number may be another process's. */
function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** A process listens on the machine itself: the container port is the host port. */
function bindingsOf(run: ContainerRun): PortBinding[] {
  return run.portMappings.map(({ containerPort, protocol }) => {
    return { bindIP: '0.0.0.0', containerPort, hostPort: containerPort, protocol };
  });
}

function describeUnserved({ extras }: ContainerRun): string | undefined {
  const { username, uid } = userInfo();
  const served = (name: string) =>
    HARMLESS.has(name) || (name === 'user' && (extras[name] === username || extras[name] === String(uid)));
  const names = Object.keys(extras).filter((name) => !served(name));
  if (names.length === 0) return undefined;
  return `a process of the local cloud has no ${names.join(', ')}: drop it, or run this on a cluster with containers`;
}

function refuse(listener: ContainerListener, reason: string): ContainerHandle {
  listener.failed(reason);
  return neverStarted();
}
