import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RUNTIME_NAMES, type RuntimeName } from './runtime/select-runtime.ts';

/** What a user can say about the local cloud: the contract of `npm start`. */
export interface LocalCloudSettings {
  /** Of the API, on loopback; 0 picks a free one. */
  readonly port: number;
  /** Absolute path. */
  readonly dataDirectory: string;
  /** Begin empty, and leave nothing behind. */
  readonly ephemeral: boolean;
  /** How many agents of the default kind, or a file that lists them. */
  readonly agents: number | { readonly file: string };
  readonly runtime: RuntimeName;
  /** CDK context over that of cdk.json; absent: the repository's stack as it is. */
  readonly context?: Readonly<Record<string, unknown>>;
}

export type ParsedOptions = { readonly kind: 'help' } | { readonly kind: 'run'; readonly settings: LocalCloudSettings };

/** A command line or environment that cannot be followed; the text names the option and the cure. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const MAX_AGENTS = 244;

export const HELP = `npm start -- [options]     run Stride on this machine

  --port N         port of the API on 127.0.0.1; 0 picks a free one    STRIDE_PORT       (8080)
  --data DIR       where state, sandboxes and logs are kept            STRIDE_DATA_DIR   (.stride)
  --ephemeral      begin empty and keep nothing                        STRIDE_EPHEMERAL  (false)
  --agents N|FILE  number of agents, or a JSON file that lists them    STRIDE_AGENTS     (3)
  --runtime NAME   auto, process or simulated: how tasks run           STRIDE_RUNTIME    (auto)
  -c KEY=VALUE     a setting of the stack, as cdk deploy takes it:
                   -c stride:agentTimeoutSeconds=10; may be repeated
  --help           this text

An option on the command line goes before its variable. npm run local -- --help acts on a running local cloud.`;

/** Reads the command line (without program names) and `STRIDE_…` variables. Throws `OptionsError`. */
export function parseOptions(argv: readonly string[], env: NodeJS.ProcessEnv): ParsedOptions {
  const values = parseCommandLine(argv);
  if (values.help === true) return { kind: 'help' };
  const [port, data, agents, runtime] = [
    pick('--port', values.port, 'STRIDE_PORT', env),
    pick('--data', values.data, 'STRIDE_DATA_DIR', env),
    pick('--agents', values.agents, 'STRIDE_AGENTS', env),
    pick('--runtime', values.runtime, 'STRIDE_RUNTIME', env),
  ];
  return {
    kind: 'run',
    settings: {
      port: port === undefined ? 8080 : parsePort(port),
      dataDirectory: data === undefined ? join(REPOSITORY, '.stride') : resolve(data.value),
      ephemeral: values.ephemeral ?? parseFlag('STRIDE_EPHEMERAL', env['STRIDE_EPHEMERAL']),
      agents: agents === undefined ? 3 : parseAgents(agents),
      runtime: runtime === undefined ? 'auto' : parseRuntime(runtime),
      ...(values.context.length > 0 && { context: parseContext(values.context) }),
    },
  };
}

/** A value with the name of where it came from, for error texts. */
interface Given {
  readonly from: string;
  readonly value: string;
}

function parseCommandLine(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        ephemeral: { type: 'boolean' },
        agents: { type: 'string' },
        runtime: { type: 'string' },
        context: { type: 'string', short: 'c', multiple: true, default: [] },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new OptionsError(`${problem}\nnpm start -- --help lists the options.`, { cause: error });
  }
}

function pick(option: string, value: string | undefined, variable: string, env: NodeJS.ProcessEnv): Given | undefined {
  if (value !== undefined) return { from: option, value };
  const fromEnvironment = env[variable];
  if (fromEnvironment === undefined || fromEnvironment === '') return undefined;
  return { from: variable, value: fromEnvironment };
}

function parseContext(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      if (key === undefined || value === undefined) throw new OptionsError(`-c ${pair}: give stride:<key>=<value>`);
      return [key, value];
    }),
  );
}

function parsePort({ from, value }: Given): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new OptionsError(`${from} ${value}: give a port from 1 to 65535, or 0 for any free one`);
}

function parseFlag(variable: string, value: string | undefined): boolean {
  if (value === undefined || value === '' || value === '0' || value === 'false') return false;
  if (value === '1' || value === 'true') return true;
  throw new OptionsError(`${variable} ${value}: give true or false`);
}

function parseAgents({ from, value }: Given): LocalCloudSettings['agents'] {
  if (!/^-?\d+$/.test(value)) return { file: resolve(value) };
  const count = Number(value);
  if (count >= 1 && count <= MAX_AGENTS) return count;
  throw new OptionsError(`${from} ${value}: give 1 to ${MAX_AGENTS} agents, or the name of a file that lists them`);
}

function parseRuntime({ from, value }: Given): RuntimeName {
  const runtime = RUNTIME_NAMES.find((name) => name === value);
  if (runtime !== undefined) return runtime;
  if (value === 'docker') {
    throw new OptionsError(
      `${from} docker: this version drives no container engine: use auto (a cmd without image runs as a process, ` +
        'an image fails as on ECS) or process (images are ignored)',
    );
  }
  throw new OptionsError(`${from} ${value}: give one of ${RUNTIME_NAMES.join(', ')}`);
}
