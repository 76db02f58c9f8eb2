import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerListener, ContainerRun } from '../../../localstack/runtime/container-runtime.ts';
import { createRuntime, type RuntimeName } from '../../../localstack/runtime/select-runtime.ts';
import { createSimulatedRuntime } from '../../../localstack/runtime/simulated-runtime.ts';
import { aRun } from './a-run.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stride-runtime-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

/** A listener that writes down what it is told. */
function aListener(told: unknown[]): ContainerListener {
  return {
    started: (runtimeId, bindings) => told.push(['started', runtimeId.replace(/\d+$/, 'N'), bindings]),
    failed: (reason) => told.push(['failed', reason]),
    exited: (exitCode) => told.push(['exited', exitCode]),
  };
}

async function runToEnd(name: RuntimeName, run: ContainerRun, act: 'wait' | 'stop' | 'kill' = 'wait') {
  const told: unknown[] = [];
  const handle = createRuntime(name, { dataDir }).start(run, aListener(told));
  if (act === 'stop') handle.stop('SIGTERM', 5000);
  if (act === 'kill') handle.kill();
  await handle.ended;
  return told;
}

const labelled = { dockerLabels: { 'stride.default-image': 'true' } };
const bindings = [{ bindIP: '0.0.0.0', containerPort: 8080, hostPort: 8080, protocol: 'tcp' }];
const portMappings = [{ containerPort: 8080, hostPort: 0, protocol: 'tcp' }];

describe('which back-end runs it', () => {
  test.each<[RuntimeName, string, ContainerRun, unknown[]]>([
    [
      'auto',
      'the default image',
      aRun(labelled),
      [
        ['started', 'process-N', []],
        ['exited', 0],
      ],
    ],
    [
      'process',
      'any image',
      aRun({ portMappings }),
      [
        ['started', 'process-N', bindings],
        ['exited', 0],
      ],
    ],
    [
      'auto',
      'any image',
      aRun(),
      [['failed', expect.stringMatching(/^CannotPullContainerError: image alpine: no container engine/)]],
    ],
  ])('%s: %s', async (name, _what, run, told) => {
    expect(await runToEnd(name, run)).toEqual(told);
  });
});

describe('a process', () => {
  test('ends by SIGTERM when stopped, by SIGKILL when killed', async () => {
    const run = aRun({ command: ['sleep 300'] });
    expect((await runToEnd('process', run, 'stop')).at(-1)).toEqual(['exited', 143]);
    expect((await runToEnd('process', run, 'kill')).at(-1)).toEqual(['exited', 137]);
  });

  test.each<[string, Partial<ContainerRun>, string]>([
    ['nothing to run', { entryPoint: [], command: [] }, 'CannotCreateContainerError: No command specified'],
    [
      'what only containers have',
      { extras: { readonlyRootFilesystem: true, ulimits: [{}], logConfiguration: {} } },
      'CannotCreateContainerError: a process of the local cloud has no readonlyRootFilesystem, ulimits: ' +
        'drop it, or run this on a cluster with containers',
    ],
    [
      'another user',
      { extras: { user: 'somebody-else' } },
      'CannotCreateContainerError: a process of the local cloud has no user: ' +
        'drop it, or run this on a cluster with containers',
    ],
  ])('fails for %s', async (_what, change, reason) => {
    expect(await runToEnd('process', aRun(change))).toEqual([['failed', reason]]);
  });

  test('runs for the user who runs the local cloud', async () => {
    const run = aRun({ extras: { user: userInfo().username } });
    expect(await runToEnd('process', run)).toEqual([
      ['started', 'process-N', []],
      ['exited', 0],
    ]);
  });

  test('fails when there can be no sandbox', async () => {
    await writeFile(join(dataDir, 'agents'), 'a file where the directory should be');
    expect(await runToEnd('process', aRun())).toEqual([
      ['failed', expect.stringMatching(/^CannotCreateContainerError: Error: E(EXIST|NOTDIR)/)],
    ]);
  });

  test('fails for a command that may not be run', async () => {
    const file = join(dataDir, 'not-executable');
    await writeFile(file, 'x');
    await chmod(file, 0o600);
    expect(await runToEnd('process', aRun({ entryPoint: [], command: [file] }))).toEqual([
      ['failed', `CannotStartContainerError: spawn ${file} EACCES`],
    ]);
  });
});

test('simulated: up at once, host ports picked in turn, ends once, as if by the signal', async () => {
  const runtime = createSimulatedRuntime();
  const told: unknown[] = [];
  const mappings = [...portMappings, { containerPort: 53, hostPort: 5353, protocol: 'udp' }];
  const handles = [0, 1].map(() => runtime.start(aRun({ portMappings: mappings }), aListener(told)));
  const bound = (hostPort: number) => [
    { bindIP: '0.0.0.0', containerPort: 8080, hostPort, protocol: 'tcp' },
    { bindIP: '0.0.0.0', containerPort: 53, hostPort: 5353, protocol: 'udp' },
  ];
  expect(told.splice(0)).toEqual([
    ['started', 'simulated-N', bound(32_768)],
    ['started', 'simulated-N', bound(32_769)],
  ]);
  handles[0]?.stop('SIGTERM', 0);
  handles[0]?.kill();
  handles[1]?.kill();
  await Promise.all(handles.map((handle) => handle.ended));
  expect(told).toEqual([
    ['exited', 143],
    ['exited', 137],
  ]);
});

describe('a command inside a container', () => {
  const inside = async (command: readonly string[], timeoutMs = 5000) => {
    const run = aRun({ ...labelled, command: ['exec sleep 300'], environment: { A: 'b' } });
    const handle = createRuntime('auto', { dataDir }).start(run, aListener([]));
    try {
      return await handle.exec(command, timeoutMs);
    } finally {
      handle.kill();
      await handle.ended;
    }
  };

  test.each<[string, readonly string[], number | undefined]>([
    ['its exit code', ['/bin/sh', '-c', 'exit 3'], 3],
    ['the container’s environment and directory', ['/bin/sh', '-c', 'test "$A" = b && test "$PWD" = "$HOME"'], 0],
    ['a signal', ['/bin/sh', '-c', 'kill -9 $$'], 137],
    ['no such command', ['no-such-command-anywhere'], 127],
    ['no command at all', [''], 127],
  ])('%s', async (_name, command, exitCode) => {
    expect(await inside(command)).toBe(exitCode);
  });

  test('is killed, with its children, when it takes too long or the container ends', async () => {
    expect(await inside(['/bin/sh', '-c', 'sleep 300 & sleep 300'], 50)).toBeUndefined();
    const handle = createRuntime('auto', { dataDir }).start(
      aRun({ ...labelled, command: ['exec sleep 300'] }),
      aListener([]),
    );
    const outcome = handle.exec(['/bin/sh', '-c', 'sleep 300'], 60_000);
    handle.kill();
    expect(await outcome).toBe(137);
  });
});
