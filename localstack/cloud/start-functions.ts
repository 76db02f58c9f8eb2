import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AsynchronousInvoker, createAsynchronousInvoker } from '../lambda/asynchronous-invoker.ts';
import type { EventSource } from '../lambda/event-source.ts';
import { createLambda, type LambdaService } from '../lambda/lambda-service.ts';
import { startQueueSource } from '../lambda/queue-source.ts';
import { compileFilters, startStreamSource } from '../lambda/stream-source.ts';
import type { CloudModel, IntegrationModel, StreamSourceModel } from '../template/cloud-model.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import type { Services } from './start-services.ts';

export interface Functions {
  readonly lambda: LambdaService;
  readonly invoker: AsynchronousInvoker;
  /** Loads the functions behind the API, which are all that the first request needs, and says what cannot be loaded. */
  prewarmApi(): Promise<void>;
  /** Loads the others. */
  prewarmOthers(): Promise<void>;
  /** Begins to read queues and streams. */
  startSources(onFailed: (error: unknown) => void): Promise<void>;
}

/** Invocations under way at a stop may finish within this time: a tick then gives its lease back. */
const FUNCTION_GRACE_MS = 1_500;

/** The functions of a template with their event sources; `cleanUp` ends them. */
export async function createFunctions(
  options: {
    readonly model: CloudModel;
    readonly services: Services;
    readonly dataDirectory: string;
    readonly onError: (error: unknown) => void;
  },
  cleanUp: AsyncDisposableStack,
): Promise<Functions> {
  const { model, services, dataDirectory, onError } = options;
  const logsDirectory = join(dataDirectory, 'logs');
  await mkdir(logsDirectory, { recursive: true });
  const lambda = createLambda({
    functions: model.functions,
    streaming: streamingFunctions(model),
    endpoints: services.endpoints,
    logsDirectory,
    compileCacheDirectory: COMPILE_CACHE,
    onError,
  });
  const invoker = createAsynchronousInvoker(model.functions, lambda, services.queues, onError);
  const sources: EventSource[] = [];
  cleanUp.defer(async () => {
    services.bridge.stop();
    invoker.stop();
    await Promise.all([lambda.stop(FUNCTION_GRACE_MS), ...sources.map((source) => source.stop())]);
  });
  const behindApi = new Set(integrationsOf(model).map(({ functionName }) => functionName));
  const prewarm = async (names: readonly string[]) => {
    for (const { functionName, error } of await lambda.prewarm(names)) {
      onError(`function ${functionName} cannot be loaded: ${error.errorType}: ${error.errorMessage}`);
    }
  };
  const names = model.functions.map(({ name }) => name);
  return {
    lambda,
    invoker,
    prewarmApi: () => prewarm(names.filter((name) => behindApi.has(name))),
    prewarmOthers: () => prewarm(names.filter((name) => !behindApi.has(name))),
    async startSources(onFailed) {
      const filters = new Map(model.streamSources.map((source) => [source, compileFilters(source, model.file)]));
      for (const source of model.queueSources) sources.push(startQueueSource(source, services.queues, lambda));
      for (const [source, matches] of filters) {
        const stream = await openStream(source, model, services);
        const functionArn =
          model.functions.find(({ name }) => name === source.functionName)?.arn ?? source.functionName;
        sources.push(
          startStreamSource({ model: source, functionArn, stream, queues: services.queues, lambda }, matches),
        );
      }
      for (const source of sources) source.ended.catch(onFailed);
    },
  };
}

function openStream(source: StreamSourceModel, { tables }: CloudModel, { dynamo }: Services) {
  const table = tables.find(({ streamArn }) => streamArn === source.sourceArn);
  if (table === undefined) throw new Error(`no table has the stream ${source.sourceArn}`);
  return dynamo.openStream(table.definition.TableName, source.logicalId, source.startingPosition);
}

function streamingFunctions(model: CloudModel): ReadonlySet<string> {
  const streaming = integrationsOf(model).filter((integration) => integration.streaming);
  return new Set(streaming.map(({ functionName }) => functionName));
}

function integrationsOf({ apis }: CloudModel): readonly IntegrationModel[] {
  return apis.flatMap(({ routes }) => routes.flatMap(({ methods }) => Object.values(methods)));
}
