import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { MUTANTS, type Mutant } from './mutants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What the simulator runs on. */
const COPIED = ['functions', 'lib', 'test/simulation', 'test/fixtures', 'package.json'];
const SEEDS = 200;

interface Verdict {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the simulator of a tree over seeds from 1 on; it ends at the first that breaks a promise. */
async function hunt(root: string, seeds: number): Promise<Verdict> {
  const simulator = join(root, 'test/simulation/main.ts');
  const child = spawn(process.execPath, [simulator, '--seed', '1', '--seeds', String(seeds), '--shrink', 'no']);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, output: Buffer.concat(chunks).toString() };
}

let copy: string | undefined;

/** A copy of the sources with the defect in it. Throws when the source that it replaces is not there once. */
async function copyWith({ replacements }: Mutant): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stride-mutant-'));
  copy = folder;
  for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, text, by } of replacements) {
    const parts = (await readFile(join(folder, file), 'utf8')).split(text);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, not once:\n${text}`);
    await writeFile(join(folder, file), parts.join(by));
  }
  return folder;
}

describe('the simulator', () => {
  let most = 1;
  afterEach(async () => {
    if (copy !== undefined) await rm(copy, { recursive: true, force: true });
    copy = undefined;
  });

  it.for(MUTANTS)(`finds within ${SEEDS} seeds: $name`, { timeout: 300_000 }, async (mutant) => {
    const { code, output } = await hunt(await copyWith(mutant), SEEDS);
    const [line, after] = /^seed \d+, after (\d+) .*\n.*/m.exec(output) ?? [];
    expect({ code, output, found: after !== undefined }).toMatchObject({ code: 1, found: true });
    console.log(`${mutant.name}: ${line}`);
    most = Math.max(most, Number(after));
  });

  it('finds nothing in the same seeds without them', { timeout: 300_000 }, async () => {
    const { code, output } = await hunt(ROOT, most);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('every promise kept') });
    console.log(output.trim());
  });
});
