import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCloudModel } from '../template/build-cloud-model.ts';
import type { CloudModel } from '../template/cloud-model.ts';
import { readAssembly } from '../template/read-assembly.ts';
import { LocalCloudError } from './local-cloud-error.ts';

/** Which stack to run; without either the repository's own, as `npm run synth` makes it. */
export interface StackSource {
  /** A directory that holds a synthesized assembly: it is run as it is. */
  readonly assembly?: string;
  /** CDK context (`stride:<key>`) to synthesize the repository's stack with. */
  readonly context?: Readonly<Record<string, unknown>>;
}

const OUTDIR = fileURLToPath(new URL('../../cdk.out', import.meta.url));

/** Synthesizes unless that was done, and resolves the template. A changed context has its own output, in `dataDirectory`. */
export async function loadModel({ assembly, context }: StackSource, dataDirectory: string): Promise<CloudModel> {
  if (assembly !== undefined) return buildCloudModel(await readAssembly(assembly));
  const outdir = context === undefined ? OUTDIR : join(dataDirectory, 'cdk.out');
  await synthesizeInto(outdir, context);
  return buildCloudModel(await readAssembly(outdir));
}

async function synthesizeInto(outdir: string, context: StackSource['context']): Promise<void> {
  const { synthesize } = await import('../../infra/synth.ts');
  try {
    await synthesize({ outdir, ...(context === undefined ? {} : { context }) });
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new LocalCloudError(`the stack cannot be synthesized: ${problem}`, { cause });
  }
}
