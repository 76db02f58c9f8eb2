import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  /** Standard output and error together. */
  readonly output: string;
}

interface RunOptions {
  readonly timeoutMs?: number;
  /** What it reads on standard input; nothing without it. */
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end. Rejects only when it cannot be started. */
export async function runToEnd(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { timeoutMs, input, cwd, env } = options;
  const child = spawn(command, args, {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  });
  const output = collectOutput(child);
  const ended = Promise.withResolvers<Ended['code']>();
  child.once('error', ended.reject);
  child.stdin?.end(input);
  child.once('close', (code, signal) => ended.resolve(code ?? signal));
  return { code: await ended.promise, output: output() };
}

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  const listen = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  return () => text;
}

/** A program that serves on a port of its own. */
export interface Server {
  readonly url: string;
  /** All that it has printed. */
  output(): string;
  /** SIGTERM, SIGKILL after five seconds, for it and what it started. */
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
const STOP_GRACE_MS = 5_000;
const POLL_MS = 100;

interface ServerOptions {
  readonly cwd: string;
  /** On top of what every program gets. */
  readonly env?: (port: number) => NodeJS.ProcessEnv;
  readonly scheme?: 'http' | 'https';
  /** Called when the port takes connections, before the first request. */
  readonly onListening?: () => Promise<void>;
}

/** Starts a program on a free loopback port and waits until it answers a request, whatever the answer. */
export async function startServer(
  command: string,
  argsFor: (port: number) => readonly string[],
  options: ServerOptions,
): Promise<Server> {
  const port = await freePort();
  const env = { ...basicEnvironment(), ...options.env?.(port) };
  // A group of its own, so that what it starts ends with it.
  const child = spawn(command, argsFor(port), {
    cwd: options.cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = collectOutput(child);
  const closed = once(child, 'close');
  const url = `${options.scheme ?? 'http'}://127.0.0.1:${port}`;
  const server: Server = {
    url,
    output,
    async stop() {
      signalGroup(child, 'SIGTERM');
      const grace = AbortSignal.timeout(STOP_GRACE_MS);
      grace.addEventListener('abort', () => signalGroup(child, 'SIGKILL'));
      await closed;
    },
  };
  try {
    await until(() => connectTo(port), child);
    await options.onListening?.();
    await until(() => fetch(url, { signal: AbortSignal.timeout(5_000) }), child);
  } catch (cause) {
    await server.stop();
    throw new Error(`${command} does not serve: ${String(cause)}\n${output().slice(-2000)}`, { cause });
  }
  return server;
}

/** What a program needs of ours; no settings of the test runner or of somebody's AWS account. */
function basicEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'JAVA_HOME', 'STRIDE_TEST_RUN'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** Repeats what fails while the program lives, for a minute. */
async function until(succeeds: () => Promise<unknown>, child: ChildProcess): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    try {
      await succeeds();
      return;
    } catch (error) {
      if (Date.now() > limit) throw error;
    }
    await delay(POLL_MS);
  }
}

async function connectTo(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // The whole group has ended.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP port to be had');
  return address.port;
}
