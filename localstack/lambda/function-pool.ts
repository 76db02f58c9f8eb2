import { setTimeout as delay } from 'node:timers/promises';
import {
  type FunctionWorker,
  type InvokeOutcome,
  type InvokeRequest,
  startFunctionWorker,
  type WorkerOptions,
} from './function-worker.ts';
import type { FunctionError } from './worker-protocol.ts';

export interface FunctionPool {
  /** Runs one invocation; with all workers busy it waits, or is throttled. Never rejects. */
  invoke(request: InvokeRequest): Promise<InvokeOutcome>;
  /** Loads one worker ahead of the first invocation; resolves with why the bundle cannot be loaded, if so. */
  prewarm(): Promise<FunctionError | undefined>;
  /** Takes nothing more; what waits fails, what runs may finish for the time given. Then all workers are ended. */
  stop(graceMs: number): Promise<void>;
}

export interface PoolOptions extends WorkerOptions {
  /** Most workers, and so most invocations, at a time. */
  readonly limit: number;
  /** So many once an invocation has waited a while for one of `limit`: those may be idle themselves, as long polls are. */
  readonly most?: number;
  readonly whenFull: 'wait' | 'throttle';
}

/** Workers beyond the first are ended when they had nothing to do for this long. */
const IDLE_MS = 60_000;

const STOPPED: InvokeOutcome = {
  ok: false,
  error: { errorType: 'ServiceUnavailable', errorMessage: 'the local cloud is stopping' },
};

/** How long an invocation waits for a worker before the pool grows beyond its limit. */
const PATIENCE_MS = 500;

/** The execution environments of one function: one invocation per worker at a time, workers started as needed. */
export function createFunctionPool(options: PoolOptions): FunctionPool {
  const workers = new Set<FunctionWorker>();
  const idle: FunctionWorker[] = [];
  const waiting: ((worker: FunctionWorker | undefined) => void)[] = [];
  const idleTimers = new Map<FunctionWorker, NodeJS.Timeout>();
  const running = new Set<Promise<InvokeOutcome>>();
  let stopped = false;

  const start = (): FunctionWorker => {
    const worker = startFunctionWorker(options);
    workers.add(worker);
    return worker;
  };

  const takeIdle = (): FunctionWorker | undefined => {
    for (let worker = idle.pop(); worker !== undefined; worker = idle.pop()) {
      clearTimeout(idleTimers.get(worker));
      idleTimers.delete(worker);
      if (worker.usable()) return worker;
      workers.delete(worker);
    }
    return undefined;
  };

  const acquire = async (): Promise<FunctionWorker | 'full' | 'stopped'> => {
    if (stopped) return 'stopped';
    const free = takeIdle() ?? (workers.size < options.limit ? start() : undefined);
    if (free !== undefined) return free;
    if (options.whenFull === 'throttle') return 'full';
    return (await nextFree()) ?? 'stopped';
  };

  const nextFree = async (): Promise<FunctionWorker | undefined> => {
    const { promise, resolve } = Promise.withResolvers<FunctionWorker | undefined>();
    waiting.push(resolve);
    const patience = setTimeout(() => {
      const place = waiting.indexOf(resolve);
      if (place === -1 || workers.size >= (options.most ?? options.limit)) return;
      waiting.splice(place, 1);
      resolve(start());
    }, PATIENCE_MS);
    try {
      return await promise;
    } finally {
      clearTimeout(patience);
    }
  };

  const release = (worker: FunctionWorker): void => {
    if (stopped) return;
    if (!worker.usable()) {
      workers.delete(worker);
      if (waiting.length > 0) waiting.shift()?.(start());
      return;
    }
    const next = waiting.shift();
    if (next !== undefined) {
      next(worker);
      return;
    }
    idle.push(worker);
    if (workers.size > 1) idleTimers.set(worker, setTimeout(() => retire(worker), IDLE_MS).unref());
  };

  const retire = (worker: FunctionWorker): void => {
    idle.splice(idle.indexOf(worker), 1);
    idleTimers.delete(worker);
    workers.delete(worker);
    void worker.terminate();
  };

  const run = async (request: InvokeRequest): Promise<InvokeOutcome> => {
    const worker = await acquire();
    if (worker === 'stopped') return STOPPED;
    if (worker === 'full') {
      const errorMessage = `Rate Exceeded: ${options.limit} invocations of ${options.setup.functionName} are running`;
      return { ok: false, error: { errorType: 'TooManyRequestsException', errorMessage } };
    }
    const outcome = await worker.invoke(request);
    release(worker);
    return outcome;
  };

  return {
    async invoke(request) {
      const invocation = run(request);
      running.add(invocation);
      const outcome = await invocation;
      running.delete(invocation);
      return outcome;
    },
    async prewarm() {
      if (stopped || workers.size > 0) return undefined;
      const worker = start();
      idle.push(worker);
      const error = await worker.loaded;
      return stopped ? undefined : error;
    },
    async stop(graceMs) {
      stopped = true;
      for (const timer of idleTimers.values()) clearTimeout(timer);
      for (const resolve of waiting.splice(0)) resolve(undefined);
      if (running.size > 0) await Promise.race([Promise.all(running), delay(graceMs)]);
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}
