import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const RECORD = 'synth-inputs.json';
const INPUTS = ['infra/**/*', 'functions/**/*', 'lib/**/*', 'web/**/*', 'package-lock.json', 'cdk.json'];

const recordSchema = z.object({ inputs: z.string(), files: z.array(z.string()) });

/** Names all that a synthesis reads: our sources, the locked packages and the context. */
export function hashInputs(root: string, context: Readonly<Record<string, unknown>>): string {
  const hash = createHash('sha256');
  const files = globSync(INPUTS, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash
      .update(`${path.slice(root.length)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.update(JSON.stringify(Object.entries(context).sort())).digest('hex');
}

/** True when `outdir` holds the whole output of a synthesis of these inputs. */
export function isCached(outdir: string, inputs: string): boolean {
  const path = join(outdir, RECORD);
  if (!existsSync(path)) return false;
  const record = recordSchema.safeParse(parseJson(readFileSync(path, 'utf8')));
  return (
    record.success && record.data.inputs === inputs && record.data.files.every((file) => existsSync(join(outdir, file)))
  );
}

/** Notes what `outdir` was made from; call it when everything else is in place. */
export function recordSynth(outdir: string, inputs: string, files: readonly string[]): void {
  writeFileSync(join(outdir, RECORD), `${JSON.stringify({ inputs, files }, undefined, 2)}\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A record cut short is no record: the synthesis runs again.
  }
}
