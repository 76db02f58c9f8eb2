import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { HELP, type LocalCloudSettings, parseOptions } from '../../../localstack/options.ts';

const DEFAULTS: LocalCloudSettings = {
  port: 8080,
  dataDirectory: resolve('.stride'),
  ephemeral: false,
  agents: 3,
  runtime: 'auto',
};

test.each<[string, readonly string[], NodeJS.ProcessEnv, Partial<LocalCloudSettings>]>([
  ['nothing', [], {}, {}],
  ['--port', ['--port', '9000'], {}, { port: 9000 }],
  ['--port 0', ['--port=0'], {}, { port: 0 }],
  ['STRIDE_PORT', [], { STRIDE_PORT: '9001' }, { port: 9001 }],
  ['the option goes before its variable', ['--port', '1'], { STRIDE_PORT: 'nonsense' }, { port: 1 }],
  ['an empty variable is none', [], { STRIDE_PORT: '', STRIDE_EPHEMERAL: '' }, {}],
  ['--data', ['--data', '/somewhere'], {}, { dataDirectory: '/somewhere' }],
  ['--data, relative', ['--data', 'here'], {}, { dataDirectory: resolve('here') }],
  ['STRIDE_DATA_DIR', [], { STRIDE_DATA_DIR: '/else' }, { dataDirectory: '/else' }],
  ['--ephemeral', ['--ephemeral'], {}, { ephemeral: true }],
  ['STRIDE_EPHEMERAL', [], { STRIDE_EPHEMERAL: 'true' }, { ephemeral: true }],
  ['STRIDE_EPHEMERAL=0', [], { STRIDE_EPHEMERAL: '0' }, {}],
  ['--agents N', ['--agents', '7'], {}, { agents: 7 }],
  ['--agents FILE', ['--agents', 'agents.json'], {}, { agents: { file: resolve('agents.json') } }],
  ['STRIDE_AGENTS', [], { STRIDE_AGENTS: '1' }, { agents: 1 }],
  ['--runtime', ['--runtime', 'simulated'], {}, { runtime: 'simulated' }],
  ['STRIDE_RUNTIME', [], { STRIDE_RUNTIME: 'process' }, { runtime: 'process' }],
  [
    '-c',
    ['-c', 'stride:agentTimeoutSeconds=5', '--context', 'stride:endpoints=ecs=http://127.0.0.1:1'],
    {},
    { context: { 'stride:agentTimeoutSeconds': '5', 'stride:endpoints': 'ecs=http://127.0.0.1:1' } },
  ],
])('%s', (_name, argv, env, expected) => {
  expect(parseOptions(argv, env)).toEqual({ kind: 'run', settings: { ...DEFAULTS, ...expected } });
});

test.each<[readonly string[], NodeJS.ProcessEnv, string]>([
  [['--port', '70000'], {}, '--port 70000: give a port from 1 to 65535, or 0 for any free one'],
  [[], { STRIDE_PORT: 'http' }, 'STRIDE_PORT http: give a port'],
  [['--agents', '0'], {}, '--agents 0: give 1 to 244 agents, or the name of a file that lists them'],
  [['--agents=-1'], {}, '--agents -1: give 1 to 244'],
  [[], { STRIDE_AGENTS: '245' }, 'STRIDE_AGENTS 245: give 1 to 244'],
  [['--runtime', 'docker'], {}, '--runtime docker: this version drives no container engine: use auto'],
  [[], { STRIDE_RUNTIME: 'vm' }, 'STRIDE_RUNTIME vm: give one of auto, process, simulated'],
  [[], { STRIDE_EPHEMERAL: 'maybe' }, 'STRIDE_EPHEMERAL maybe: give true or false'],
  [['-c', 'stride:maxVersions'], {}, '-c stride:maxVersions: give stride:<key>=<value>'],
  [['--colour'], {}, "Unknown option '--colour'"],
  [['extra'], {}, "Unexpected argument 'extra'"],
  [['--port'], {}, "Option '--port <value>' argument missing\nnpm start -- --help lists the options."],
])('%s %o is refused: %s', (argv, env, problem) => {
  expect(() => parseOptions(argv, env)).toThrow(problem);
});

test('--help names every option and its variable', () => {
  expect(parseOptions(['--help'], {})).toEqual({ kind: 'help' });
  for (const name of ['--port', '--data', '--ephemeral', '--agents', '--runtime']) expect(HELP).toContain(name);
  for (const name of ['PORT', 'DATA_DIR', 'EPHEMERAL', 'AGENTS', 'RUNTIME']) expect(HELP).toContain(`STRIDE_${name}`);
});
