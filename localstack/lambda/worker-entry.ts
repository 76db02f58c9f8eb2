import { enableCompileCache } from 'node:module';
import { finished } from 'node:stream/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { awslambda, isStreamingHandler, ResponseStream } from './response-stream.ts';
import type { FromWorker, FunctionError, ToWorker, WorkerSetup } from './worker-protocol.ts';

interface Handler {
  readonly streaming: boolean;
  call(...parameters: readonly unknown[]): Promise<unknown>;
}

type Invocation = Extract<ToWorker, { kind: 'invoke' }>;

/** Loads the bundle, as in Lambda's init phase, then serves one invocation after the other. */
async function runWorker(port: MessagePort, setup: WorkerSetup): Promise<void> {
  enableCompileCache(setup.compileCache);
  Object.assign(globalThis, { awslambda });
  const post = (message: FromWorker) => port.postMessage(message);
  const handler = await loadHandler(setup).catch((error: unknown) => {
    post({ kind: 'unloadable', error: toFunctionError(error) });
    return undefined;
  });
  if (handler === undefined) return;

  let written = () => {};
  let stream: ResponseStream | undefined;

  const openStream = (): ResponseStream => {
    stream = new ResponseStream({
      head: (head) => post({ kind: 'head', head }),
      chunk: (chunk) =>
        new Promise((resolve) => {
          written = resolve;
          post({ kind: 'chunk', chunk });
        }),
    });
    return stream;
  };

  const invoke = async (invocation: Invocation): Promise<string> => {
    const event: unknown = JSON.parse(invocation.event);
    const context = contextOf(setup, invocation);
    if (invocation.streaming !== handler.streaming) {
      const made = handler.streaming ? 'is' : 'is not';
      throw new TypeError(`the handler ${made} made by awslambda.streamifyResponse, unlike what its caller asks for`);
    }
    if (!invocation.streaming) return JSON.stringify((await handler.call(event, context)) ?? null);
    await runStreaming(handler, event, openStream(), context);
    return 'null';
  };

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'invoke':
        invoke(message).then(
          (result) => post({ kind: 'succeeded', result }),
          (error: unknown) => post({ kind: 'failed', error: toFunctionError(error) }),
        );
        return;
      case 'written':
        written();
        return;
      case 'abandoned':
        stream?.destroy();
        return;
    }
  });
  post({ kind: 'ready' });
}

/** Waits for the handler as well as for the stream: the thread must be free for the next invocation. */
async function runStreaming(handler: Handler, event: unknown, stream: ResponseStream, context: unknown): Promise<void> {
  const handled = handler.call(event, stream, context).then(
    () => stream.end(),
    (error: unknown) => {
      stream.destroy();
      throw error;
    },
  );
  const outcomes = await Promise.allSettled([handled, finished(stream)]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function loadHandler({ module, exportName }: WorkerSetup): Promise<Handler> {
  const loaded: unknown = await import(module);
  const handler = typeof loaded === 'object' && loaded !== null ? Reflect.get(loaded, exportName) : undefined;
  if (typeof handler !== 'function') throw new TypeError(`${exportName} is not a function exported by ${module}`);
  return {
    streaming: isStreamingHandler(handler),
    call: async (...parameters) => Reflect.apply(handler, undefined, parameters),
  };
}

function contextOf(setup: WorkerSetup, { requestId, deadline }: Invocation) {
  return {
    functionName: setup.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: setup.functionArn,
    memoryLimitInMB: String(setup.memoryMb),
    awsRequestId: requestId,
    logGroupName: setup.logGroup,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function toFunctionError(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

if (parentPort !== null) await runWorker(parentPort, workerData as WorkerSetup);
