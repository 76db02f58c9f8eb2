import { loadAgentsFile } from '../agents/agents-file.ts';
import { defaultAgents } from '../agents/default-agents.ts';
import { startRestApi } from '../api-gateway/rest-api.ts';
import { startControl } from '../control/control-server.ts';
import type { LocalCloudSettings } from '../options.ts';
import type { ApiModel, CloudModel } from '../template/cloud-model.ts';
import { openDataDirectory } from './data-directory.ts';
import { loadModel, type StackSource } from './load-model.ts';
import { LocalCloudError } from './local-cloud-error.ts';
import { assertPortFree } from './port.ts';
import { createFunctions, type Functions } from './start-functions.ts';
import { startServices } from './start-services.ts';

export interface LocalCloudOptions extends LocalCloudSettings, StackSource {}

/** A running local cloud. */
export interface LocalCloud {
  /** Of the API: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly controlUrl: string;
  /** Where state, sandboxes (`agents/`) and logs (`logs/`) are. */
  readonly dataDirectory: string;
  /** Resolves with the error when a part of it fails for good: it is then of no use and should be stopped. */
  readonly failed: Promise<unknown>;
  /** Ends requests, functions and tasks, within about five seconds. */
  stop(): Promise<void>;
}

/**
 * Starts everything that the stack's template describes, on loopback, and resolves when the API listens.
 * Rejects with `LocalCloudError`, `TemplateError` or `AgentsError`, whose messages are for the user; nothing is left then.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const agents =
    typeof options.agents === 'number' ? defaultAgents(options.agents) : await loadAgentsFile(options.agents.file);
  await assertPortFree(options.port);
  // What is added last is ended first.
  await using cleanUp = new AsyncDisposableStack();
  const data = await openDataDirectory(options.dataDirectory, options.ephemeral);
  cleanUp.defer(data.release);
  const model = await loadModel(options, data.path);
  const api = onlyApi(model);

  const failed = Promise.withResolvers<unknown>();
  const onError = (error: unknown) => console.error('Local cloud:', error instanceof Error ? error.message : error);
  let functions: Functions | undefined;
  const services = await startServices(
    {
      model,
      dataDirectory: data.path,
      ephemeral: options.ephemeral,
      agents,
      runtime: options.runtime,
      invoke: (functionArn, event) => functions?.invoker.invoke(functionArn, event),
      onError,
    },
    cleanUp,
  );
  functions = await createFunctions({ model, services, dataDirectory: data.path, onError }, cleanUp);
  await Promise.all([functions.prewarmApi(), services.ecs.start()]);
  services.dynamo.ended.catch(failed.resolve);
  await functions.startSources(failed.resolve);
  services.bridge.startSchedules();

  const restApi = await startRestApi({ api, lambda: functions.lambda, port: options.port });
  cleanUp.defer(restApi.stop);
  const control = await startControl({ ...services, gateway: restApi, model, dataDirectory: data.path });
  cleanUp.defer(control.stop);
  functions.prewarmOthers().catch(failed.resolve);
  const running = cleanUp.move();
  return {
    url: restApi.url,
    controlUrl: control.url,
    dataDirectory: data.path,
    failed: failed.promise,
    stop: () => running.disposeAsync(),
  };
}

function onlyApi({ apis, file }: CloudModel): ApiModel {
  const [api] = apis;
  if (api !== undefined && apis.length === 1) return api;
  throw new LocalCloudError(`${file}: it has ${apis.length} REST APIs; the local cloud serves exactly one`);
}
