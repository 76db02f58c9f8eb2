import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { aDirectory } from '../template/an-assembly.ts';

const MAIN = fileURLToPath(new URL('../../../localstack/main.ts', import.meta.url));

/** The program as `npm start` runs it. */
function main(...argv: string[]) {
  return new Promise<{ code: number | string | null | undefined; stdout: string; stderr: string }>((resolve) => {
    const args = ['--disable-warning=ExperimentalWarning', MAIN, ...argv];
    execFile(process.execPath, args, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

test('--help prints the options and ends well', async () => {
  expect(await main('--help')).toEqual({ code: 0, stdout: expect.stringContaining('--ephemeral'), stderr: '' });
});

test('what the user got wrong is said in one message, without a stack, and ends with 1', async () => {
  const directory = await aDirectory();
  expect(await main('--runtime', 'vm')).toEqual({
    code: 1,
    stdout: '',
    stderr: '--runtime vm: give one of auto, process, simulated\n',
  });
  expect(await main('--port', '0', '--data', join(MAIN, 'below'))).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^the data directory .* cannot be written \(.*\): choose another with --data\n$/),
  });
  expect(await main('--port', '0', '--data', directory, '--agents', join(directory, 'none.json'))).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^cannot read the agents file .*none\.json: .*ENOENT.*\n$/),
  });
});
