import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFunctionLog } from '../../../localstack/lambda/function-log.ts';
import { aDirectory } from '../template/an-assembly.ts';

const fail = (error: Error) => {
  throw error;
};

test('a log is bounded: the full file is set aside, the one before it goes, and no line is lost or split between', async () => {
  const directory = await aDirectory();
  const log = openFunctionLog(directory, 'tick', fail, 100);
  // 10 bytes each: ten fill a file.
  for (let line = 0; line < 35; line += 1) log.write(`line ${String(line).padStart(4, '0')}\n`);
  await log.close();
  expect((await readdir(directory)).toSorted()).toEqual(['tick.log', 'tick.log.1']);
  const lines = async (file: string) => (await readFile(join(directory, file), 'utf8')).split('\n').length - 1;
  expect([await lines('tick.log.1'), await lines('tick.log')]).toEqual([10, 5]);
  expect(await readFile(join(directory, 'tick.log.1'), 'utf8')).toMatch(/^line 0020\n(?:.*\n)*line 0029\n$/);
  expect(await readFile(join(directory, 'tick.log'), 'utf8')).toMatch(/^line 0030\n(?:.*\n)*line 0034\n$/);
});

test('the size that a log has from before counts, and a line over the bound is kept whole', async () => {
  const directory = await aDirectory();
  const first = openFunctionLog(directory, 'api', fail, 100);
  first.write('a'.repeat(60));
  await first.close();
  const second = openFunctionLog(directory, 'api', fail, 100);
  second.write('b'.repeat(60));
  second.write(Buffer.from('c'.repeat(300)));
  await second.close();
  expect(await readFile(join(directory, 'api.log.1'), 'utf8')).toBe('b'.repeat(60));
  expect((await stat(join(directory, 'api.log'))).size).toBe(300);
});

test('what is written after the end is dropped; what cannot be renamed is told, and the log goes on', async () => {
  const directory = await aDirectory();
  await mkdir(join(directory, 'api.log.1', 'in-the-way'), { recursive: true });
  const told: string[] = [];
  const log = openFunctionLog(directory, 'api', (error) => told.push(error.message), 10);
  log.write('0123456789');
  log.write('next');
  await log.close();
  log.write('late');
  expect(await readFile(join(directory, 'api.log'), 'utf8')).toBe('0123456789next');
  expect(told).toEqual([expect.stringMatching(/^EISDIR|^ENOTEMPTY|^EEXIST/)]);
});
