import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LOCAL_REGION } from '../endpoint/aws-service.ts';
import type { FunctionModel } from '../template/cloud-model.ts';
import { openFunctionLog } from './function-log.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { InvokeOutcome, StreamSink } from './function-worker.ts';
import type { FunctionError, WorkerSetup } from './worker-protocol.ts';

/** Lambda, as the rest of the local cloud sees it. Functions are named by their name. */
export interface LambdaService {
  invoke(functionName: string, event: unknown, requestId?: string): Promise<InvokeOutcome>;
  /** Passes the answer on as it is written. */
  invokeStreaming(functionName: string, event: unknown, sink: StreamSink): Promise<InvokeOutcome>;
  /** Loads one worker of each of these functions; resolves with what cannot be loaded. */
  prewarm(
    functionNames: readonly string[],
  ): Promise<readonly { readonly functionName: string; readonly error: FunctionError }[]>;
  /** Invocations under way may finish for the time given; then all workers are ended. */
  stop(graceMs: number): Promise<void>;
}

export interface LambdaOptions {
  readonly functions: readonly FunctionModel[];
  /** Names of the functions that stream; they get a pool with more room. */
  readonly streaming: ReadonlySet<string>;
  /** Where functions find the services: `AWS_ENDPOINT_URL_…`. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly logsDirectory: string;
  readonly compileCacheDirectory: string;
  /** Hears what goes wrong outside an invocation. */
  readonly onError: (error: Error) => void;
  /** Most invocations at a time of a function without ReservedConcurrentExecutions, unless they keep others waiting. */
  readonly concurrency?: number;
  readonly streamingConcurrency?: number;
}

/** A few per function are plenty on one machine, and each is a thread with a heap of its own. */
const CONCURRENCY = 4;
/** Where those few only wait, as long polls do. */
const MOST_CONCURRENCY = 32;
/** Every client of an event stream holds one worker. */
const STREAMING_CONCURRENCY = 50;

/** Runs the functions of a template in worker threads. Throws for a bundle without its handler's module. */
export function createLambda(options: LambdaOptions): LambdaService {
  const logs = new Map(
    options.functions.map(({ name }) => [name, openFunctionLog(options.logsDirectory, name, options.onError)]),
  );
  const buffered = new Map<string, FunctionPool>();
  const streaming = new Map<string, FunctionPool>();
  const timeouts = new Map(options.functions.map(({ name, timeoutSeconds }) => [name, timeoutSeconds]));
  for (const model of options.functions) {
    const worker = {
      setup: setupOf(model, options.compileCacheDirectory),
      environment: environmentOf(model, options.endpoints),
      log: (text: Uint8Array | string) => logs.get(model.name)?.write(text),
    };
    const limit = model.reservedConcurrency ?? options.concurrency ?? CONCURRENCY;
    const most = model.reservedConcurrency ?? MOST_CONCURRENCY;
    buffered.set(model.name, createFunctionPool({ ...worker, limit, most, whenFull: 'wait' }));
    if (options.streaming.has(model.name)) {
      const streams = model.reservedConcurrency ?? options.streamingConcurrency ?? STREAMING_CONCURRENCY;
      streaming.set(model.name, createFunctionPool({ ...worker, limit: streams, whenFull: 'throttle' }));
    }
  }

  const run = async (
    pools: ReadonlyMap<string, FunctionPool>,
    functionName: string,
    event: unknown,
    requestId: string,
    sink?: StreamSink,
  ): Promise<InvokeOutcome> => {
    const pool = pools.get(functionName);
    if (pool === undefined) throw new Error(`the local cloud has no function ${functionName} to invoke this way`);
    const timeoutSeconds = timeouts.get(functionName) ?? 3;
    const outcome = await pool.invoke({ requestId, event: JSON.stringify(event), timeoutSeconds, sink });
    if (!outcome.ok && sink?.gone.aborted !== true) {
      logs.get(functionName)?.write(`${new Date().toISOString()} ${requestId} ${JSON.stringify(outcome.error)}\n`);
    }
    return outcome;
  };

  return {
    invoke: (functionName, event, requestId = randomUUID()) => run(buffered, functionName, event, requestId),
    invokeStreaming: (functionName, event, sink) => run(streaming, functionName, event, randomUUID(), sink),
    async prewarm(functionNames) {
      const results = await Promise.all(
        functionNames.map(async (name) => {
          const pool = streaming.get(name) ?? buffered.get(name);
          return { functionName: name, error: await pool?.prewarm() };
        }),
      );
      return results.flatMap(({ functionName, error }) => (error === undefined ? [] : [{ functionName, error }]));
    },
    async stop(graceMs) {
      await Promise.all([...buffered.values(), ...streaming.values()].map((pool) => pool.stop(graceMs)));
      await Promise.all([...logs.values()].map((log) => log.close()));
    },
  };
}

function setupOf(model: FunctionModel, compileCache: string): WorkerSetup {
  const [file = '', exportName = ''] = model.handler.split('.');
  const module = ['.mjs', '.js', '.cjs']
    .map((ending) => join(model.directory, `${file}${ending}`))
    .find((path) => existsSync(path));
  if (module === undefined) {
    throw new Error(`function ${model.name}: its bundle ${model.directory} has no ${file}.mjs: run \`npm run synth\``);
  }
  return {
    module: pathToFileURL(module).href,
    exportName,
    functionName: model.name,
    functionArn: model.arn,
    memoryMb: model.memoryMb,
    logGroup: `/aws/lambda/${model.name}`,
    compileCache,
  };
}

/** What the Node.js runtime of Lambda sets, the function's own variables, and where the services are here. */
function environmentOf(
  model: FunctionModel,
  endpoints: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    TZ: ':UTC',
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: model.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${model.name}`,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: model.directory,
    _HANDLER: model.handler,
    // Each function calls under its own identity, which the services of the local cloud can see.
    AWS_ACCESS_KEY_ID: model.logicalId,
    AWS_SECRET_ACCESS_KEY: 'local',
    ...endpoints,
    ...model.environment,
  };
}
