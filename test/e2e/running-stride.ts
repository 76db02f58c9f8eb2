import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../localstack/main.ts', import.meta.url));
const START_LIMIT = 55_000;

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A temp directory that the test removes at its end. */
export async function temporaryDirectory(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'stride-e2e-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

function launch(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listen = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return { child, output: () => output };
}

/** Runs the command until it ends by itself: for everything that it refuses. */
export async function runToEnd(args: readonly string[]): Promise<Ended> {
  const { child, output } = launch(args);
  const [code] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : null, output: output() };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
  readonly text: string;
}

export interface RunningStride {
  readonly url: string;
  readonly dataDirectory: string;
  readonly child: ChildProcess;
  request(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the local cloud as its own process, as `npm start` does, on a free port. */
export async function startStride(
  dataDirectory: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningStride> {
  const { child, output } = launch(['--port', '0', '--data', dataDirectory, ...args], env);
  const url = await new Promise<string>((resolve, reject) => {
    let ended = 'ended before it was ready';
    const timer = setTimeout(() => {
      ended = 'not ready in time, and killed';
      child.kill('SIGKILL');
    }, START_LIMIT);
    const look = (): void => {
      const found = /API (http:\/\/[\d.:]+)/.exec(output())?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on('data', look);
    child.once('close', () => {
      clearTimeout(timer);
      reject(new Error(`${ended}:\n${output()}`));
    });
  });
  return {
    url,
    dataDirectory,
    child,
    async request(method, path, body) {
      const response = await fetch(`${url}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : {
              body: typeof body === 'string' ? body : JSON.stringify(body),
              headers: { 'Content-Type': 'application/json' },
            }),
      });
      const text = await response.text();
      const isJson = text !== '' && response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
    },
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    },
  };
}

/** What the scheduler's processes have logged. */
export async function tickLog(data: string): Promise<string> {
  const logs = await readdir(join(data, 'logs'));
  const texts = logs.filter((name) => name.includes('Tick')).map((name) => readFile(join(data, 'logs', name), 'utf8'));
  return (await Promise.all(texts)).join('');
}

export interface TaskProcess {
  readonly pid: number;
  readonly environment: ReadonlyMap<string, string>;
}

/** Living processes whose sandbox lies in the data directory, main processes of tasks only. */
export async function taskProcesses(dataDirectory: string): Promise<readonly TaskProcess[]> {
  const found: TaskProcess[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [environ, stat] = await Promise.all([
        readFile(`/proc/${name}/environ`, 'utf8'),
        readFile(`/proc/${name}/stat`, 'utf8'),
      ]);
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const pairs = environ.split('\0').map((pair) => {
        const cut = pair.indexOf('=');
        return [pair.slice(0, cut), pair.slice(cut + 1)] as const;
      });
      const environment = new Map(pairs);
      const sandbox = environment.get('MESOS_SANDBOX');
      if (state === 'Z' || group !== name || sandbox?.startsWith(dataDirectory) !== true) continue;
      found.push({ pid: Number(name), environment });
    } catch (error) {
      // The process ended while it was looked at.
      if (
        !(error instanceof Error) ||
        !('code' in error) ||
        !['ENOENT', 'ESRCH', 'EACCES'].includes(String(error.code))
      ) {
        throw error;
      }
    }
  }
  return found;
}

export interface AppView {
  readonly instances: number;
  readonly tasksRunning: number;
  readonly tasksStaged: number;
  readonly version: string;
  readonly deployments: readonly { readonly id: string }[];
  readonly tasks: readonly {
    readonly id: string;
    readonly state: string;
    readonly host: string;
    readonly ports: readonly number[];
  }[];
  readonly lastTaskFailure?: { readonly state: string; readonly message: string; readonly taskId: string };
}

/** `GET /v2/apps/{id}`, which must exist. */
export async function appOf(stride: Pick<RunningStride, 'request'>, id: string): Promise<AppView> {
  const { status, json, text } = await stride.request('GET', `/v2/apps${id}`);
  if (status !== 200) throw new Error(`GET /v2/apps${id}: ${status} ${text}`);
  return (json as { app: AppView }).app;
}
