import { runCommand } from '../../localstack/control/commands.ts';
import type { RunningStride } from './running-stride.ts';

/** What a command of `npm run local` prints, line by line; output of tasks counts too. Rejects as the command fails. */
export async function local(stride: Pick<RunningStride, 'dataDirectory'>, ...argv: string[]): Promise<string[]> {
  let text = '';
  const write = (chunk: Uint8Array) => {
    text += Buffer.from(chunk).toString();
  };
  const output = { print: (line: string) => write(Buffer.from(`${line}\n`)), writeOut: write, writeError: write };
  await runCommand(['--data', stride.dataDirectory, ...argv], {}, output);
  return text === '' ? [] : text.trimEnd().split('\n');
}

/** How often each fault that stands has struck, in the order in which they were set. */
export async function strikes(stride: Pick<RunningStride, 'dataDirectory'>): Promise<string[]> {
  const rows = (await local(stride, 'fault', 'ls')).slice(1);
  return rows.map((row) => row.split(/ {2,}/)[6] ?? '');
}
