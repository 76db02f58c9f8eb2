import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { hashInputs, isCached, recordSynth } from './synth-cache.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A local cloud may still run from former bundles; nobody does after a day. */
const KEEP_MS = 24 * 3_600_000;

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()).default({}) });

export interface SynthesizeOptions {
  readonly outdir: string;
  /** Over the context of cdk.json; `stride:<key>` as in infra/config.ts. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Synthesize even if nothing changed. */
  readonly force?: boolean;
  /** False leaves out CloudFormation's own validation, which takes some seconds; our checks always run. */
  readonly validate?: boolean;
}

export interface Synthesized {
  readonly outdir: string;
  readonly templateFile: string;
  /** Nothing had changed since the last synthesis into `outdir`. */
  readonly cached: boolean;
}

/** Makes the template and the bundles, offline. Throws on wrong configuration, on code that does not bundle, on a broken rule. */
export async function synthesize(options: SynthesizeOptions): Promise<Synthesized> {
  const outdir = resolve(options.outdir);
  const templateFile = join(outdir, 'Stride.template.json');
  const { context } = cdkJson.parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  const merged = { ...context, ...options.context };
  const inputs = hashInputs(ROOT, merged);
  if (options.force !== true && isCached(outdir, inputs)) return { outdir, templateFile, cached: true };

  mkdirSync(outdir, { recursive: true });
  const building = mkdtempSync(join(outdir, 'building-'));
  try {
    // The CDK takes a second to load: only when there is work for it.
    const { createStrideApp, synthesizeChecked } = await import('./stride-app.ts');
    const { validate = true } = options;
    synthesizeChecked(createStrideApp({ outdir: building, context: merged, validate }).app);
    recordSynth(outdir, inputs, moveInto(outdir, building));
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return { outdir, templateFile, cached: false };
}

/** Replaces the files of `outdir`; bundles are named by content, so those already there stay. Drops old leftovers. */
function moveInto(outdir: string, building: string): string[] {
  const files = readdirSync(building);
  for (const file of files) {
    const target = join(outdir, file);
    if (file.startsWith('asset.') && existsSync(target)) continue;
    renameSync(join(building, file), target);
  }
  for (const file of readdirSync(outdir).filter((name) => /^(asset\.|building-)/.test(name) && !files.includes(name))) {
    const path = join(outdir, file);
    if (Date.now() - statSync(path).mtimeMs > KEEP_MS) rmSync(path, { recursive: true, force: true });
  }
  return files;
}

/** `npm run synth -- [--force] [-c stride:key=value …]` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      force: { type: 'boolean', default: false },
      context: { type: 'string', short: 'c', multiple: true, default: [] },
    },
  });
  const context = Object.fromEntries(
    values.context.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Error(`-c wants key=value, not ${pair}`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  const started = performance.now();
  const { templateFile, cached } = await synthesize({ outdir: join(ROOT, 'cdk.out'), context, force: values.force });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${cached ? 'Nothing changed' : 'Synthesized'} (${seconds} s): ${templateFile}`);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
