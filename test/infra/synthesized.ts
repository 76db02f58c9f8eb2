import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { synthesize } from '../../infra/synth.ts';

/** The folder of `npm run synth`: what it made is used again when nothing changed. */
const OUTDIR = fileURLToPath(new URL('../../cdk.out', import.meta.url));

const resource = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const templateSchema = z.object({ Resources: z.record(z.string(), resource) });

export interface SynthesizedStack {
  readonly outdir: string;
  readonly template: Template;
  readonly resources: Readonly<Record<string, z.infer<typeof resource>>>;
}

/** The stack with its default configuration. */
export async function synthesizedStack(): Promise<SynthesizedStack> {
  const { outdir, templateFile } = await synthesize({ outdir: OUTDIR });
  const json: unknown = JSON.parse(readFileSync(templateFile, 'utf8'));
  const { Resources } = templateSchema.parse(json);
  return { outdir, template: Template.fromJSON({ Resources }), resources: Resources };
}

const functionProperties = z.object({ Code: z.object({ S3Key: z.string() }) });

/** Folder of a function's bundle, by the function's name in the stack. */
export function bundleFolder({ outdir, resources }: SynthesizedStack, name: string): string {
  const [, found] = Object.entries(resources).find(([id]) => id.startsWith(`Functions${name}Function`)) ?? [];
  const { Code } = functionProperties.parse(found?.Properties);
  return join(outdir, `asset.${Code.S3Key.replace(/\.zip$/, '')}`);
}

/** The files of a function's bundle, the folders beside it left out, with their text. */
export function bundleOf(stack: SynthesizedStack, name: string): ReadonlyMap<string, string> {
  const folder = bundleFolder(stack, name);
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map(({ name: file }) => [file, readFileSync(join(folder, file), 'utf8')]));
}
