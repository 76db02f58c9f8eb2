import { Worker } from 'node:worker_threads';
import type { FromWorker, FunctionError, StreamHead, ToWorker, WorkerSetup } from './worker-protocol.ts';

/** Where the answer of a streaming invocation goes. */
export interface StreamSink {
  head(head: StreamHead | undefined): void;
  /** Resolves when the client can take more. */
  chunk(chunk: Uint8Array): Promise<void>;
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal;
}

export interface InvokeRequest {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  readonly timeoutSeconds: number;
  /** Set for a streaming invocation. */
  readonly sink?: StreamSink | undefined;
}

export type InvokeOutcome =
  /** `result` is JSON text. */
  { readonly ok: true; readonly result: string } | { readonly ok: false; readonly error: FunctionError };

export interface FunctionWorker {
  /** Resolves when the bundle is loaded, or with why it cannot be. */
  readonly loaded: Promise<FunctionError | undefined>;
  /** False once its thread has ended or is being ended. */
  usable(): boolean;
  /** One at a time. Never rejects. */
  invoke(request: InvokeRequest): Promise<InvokeOutcome>;
  /** Ends the thread at once. */
  terminate(): Promise<void>;
}

export interface WorkerOptions {
  readonly setup: WorkerSetup;
  /** The thread's whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Receives what the function prints. */
  readonly log: (text: Uint8Array | string) => void;
}

/** A function that goes on after its client has gone is given this long to notice. On AWS it runs to its time-out. */
const ABANDONED_GRACE_MS = 1_000;

const ENDED: FunctionError = { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited' };

const ENTRY = new URL('./worker-entry.ts', import.meta.url);

/** Starts one worker thread of a function. */
export function startFunctionWorker({ setup, environment, log }: WorkerOptions): FunctionWorker {
  const worker = new Worker(ENTRY, {
    workerData: setup,
    env: { ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
    name: setup.functionName,
  });
  worker.stdout.on('data', log);
  worker.stderr.on('data', log);

  const loaded = Promise.withResolvers<FunctionError | undefined>();
  let usable = true;
  let crash: FunctionError | undefined;
  let invocation: { settle(outcome: InvokeOutcome): void; sink: StreamSink | undefined } | undefined;
  const send = (message: ToWorker) => worker.postMessage(message);

  const receive = (message: FromWorker): void => {
    switch (message.kind) {
      case 'ready':
        loaded.resolve(undefined);
        return;
      case 'unloadable':
        crash = message.error;
        return;
      case 'succeeded':
        invocation?.settle({ ok: true, result: message.result });
        return;
      case 'failed':
        invocation?.settle({ ok: false, error: message.error });
        return;
      case 'head':
        invocation?.sink?.head(message.head);
        return;
      case 'chunk':
        void invocation?.sink?.chunk(message.chunk).then(() => send({ kind: 'written' }));
        return;
    }
  };
  worker.on('message', receive);
  worker.on('error', (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    crash = { errorType: error instanceof Error ? error.name : 'Runtime.ExitError', errorMessage: message };
    log(`${error instanceof Error ? error.stack : message}\n`);
  });
  worker.on('exit', (code) => {
    usable = false;
    const error = crash ?? {
      errorType: 'Runtime.ExitError',
      errorMessage: `Runtime exited with error: exit status ${code}`,
    };
    loaded.resolve(error);
    invocation?.settle({ ok: false, error });
  });

  const terminate = async (): Promise<void> => {
    usable = false;
    await worker.terminate();
  };

  const invoke = async (request: InvokeRequest): Promise<InvokeOutcome> => {
    const unloadable = await loaded.promise;
    if (unloadable !== undefined) return { ok: false, error: unloadable };
    if (!usable) return { ok: false, error: crash ?? ENDED };
    const { requestId, event, timeoutSeconds, sink } = request;
    const settled = Promise.withResolvers<InvokeOutcome>();
    invocation = { settle: settled.resolve, sink };
    const timer = setTimeout(() => {
      const errorMessage = `${new Date().toISOString()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
      log(`${errorMessage}\n`);
      settled.resolve({ ok: false, error: { errorType: 'Sandbox.Timedout', errorMessage } });
      void terminate();
    }, timeoutSeconds * 1000);
    let grace: NodeJS.Timeout | undefined;
    const abandon = () => {
      send({ kind: 'abandoned' });
      grace = setTimeout(() => void terminate(), ABANDONED_GRACE_MS);
    };
    sink?.gone.addEventListener('abort', abandon, { once: true });
    send({
      kind: 'invoke',
      requestId,
      event,
      deadline: Date.now() + timeoutSeconds * 1000,
      streaming: sink !== undefined,
    });
    if (sink?.gone.aborted) abandon();
    const outcome = await settled.promise;
    clearTimeout(timer);
    clearTimeout(grace);
    sink?.gone.removeEventListener('abort', abandon);
    invocation = undefined;
    return outcome;
  };

  return { loaded: loaded.promise, usable: () => usable, invoke, terminate };
}
