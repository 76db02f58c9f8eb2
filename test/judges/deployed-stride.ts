import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultAgents } from '../../localstack/agents/default-agents.ts';
import { deployToEmulator, destroyInEmulator, emulatorEnvironment } from '../../localstack/emulator/deploy.ts';
import { emulatorContext, startLauncher } from '../../localstack/emulator/launcher.ts';
import type { RunningStride } from '../e2e/running-stride.ts';
import { startMiniStack } from './ministack.ts';
import { type Caller, fetchSigned } from './signed-request.ts';

/** Stride in an emulator, by its API Gateway. */
export interface DeployedStride extends Pick<RunningStride, 'request' | 'url'> {
  /** Where the emulator listens. */
  readonly endpoint: string;
  readonly isMiniStack: boolean;
  /** Below it are the sandboxes. */
  readonly dataDirectory: string;
  /** Status and type of an answer whose body may never end. */
  peek(path: string): Promise<{ readonly status: number; readonly type: string | null }>;
  /** One call of a service that speaks AWS's JSON protocol; its answer. Throws with what it refuses. */
  call(service: string, target: string, input: object): Promise<unknown>;
  /** `cdk destroy`. */
  destroy(): Promise<void>;
  /** All that the CDK, the launcher and the emulator have printed. */
  log(): string;
  /** Ends launcher and tasks, and the emulator if it is ours. */
  stop(): Promise<void>;
}

/** Bootstraps and deploys to the emulator at `given`, or to a MiniStack of its own. */
export async function deployStride(given: string | undefined): Promise<DeployedStride> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'stride-deployed-'));
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  const lines: string[] = [];
  const ministack = given === undefined ? await startMiniStack(join(directory, 'ministack')) : undefined;
  if (ministack !== undefined) cleanUp.defer(ministack.stop);
  const endpoint = given ?? ministack?.url ?? '';
  const log = () => `${lines.join('')}\n${ministack?.output() ?? 'The log of the emulator is with the emulator.'}`;

  const dataDirectory = join(directory, 'data');
  const launcher = await startLauncher({
    emulator: endpoint,
    agents: defaultAgents(),
    runtime: 'process',
    dataDirectory,
    onError: (error) => lines.push(`launcher: ${String(error)}\n`),
  });
  cleanUp.defer(launcher.stop);
  const target = { endpoint, workDirectory: directory, onOutput: (text: string) => lines.push(text) };
  const { apiUrl } = await deployToEmulator({ ...target, context: emulatorContext(launcher) }).catch(
    (cause: unknown) => {
      throw new Error(`not deployed\n${log()}`, { cause });
    },
  );

  const environment = emulatorEnvironment(endpoint);
  const caller: Caller = {
    region: environment.AWS_REGION,
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  };
  const running = cleanUp.move();
  return {
    url: apiUrl,
    endpoint,
    isMiniStack: (await fetch(`${endpoint}/_ministack/health`)).ok,
    dataDirectory,
    async request(method, path, body) {
      const response = await fetchSigned(caller, {
        service: 'execute-api',
        method,
        url: `${apiUrl}${path}`,
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
    },
    async peek(path) {
      const response = await fetchSigned(caller, { service: 'execute-api', method: 'GET', url: `${apiUrl}${path}` });
      await response.body?.cancel();
      return { status: response.status, type: response.headers.get('content-type') };
    },
    async call(service, operation, input) {
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': operation };
      const body = JSON.stringify(input);
      const response = await fetchSigned(caller, { service, method: 'POST', url: endpoint, headers, body });
      if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    destroy: () => destroyInEmulator(target),
    log,
    stop: () => running.disposeAsync(),
  };
}
