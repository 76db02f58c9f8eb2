import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { TemplateError } from './template-error.ts';

const MANIFEST = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.object({ templateFile: z.string().optional(), file: z.string().optional() }).optional(),
    }),
  ),
});

const ASSETS = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string(), packaging: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

const RESOURCE = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
});

const TEMPLATE = z.object({
  Resources: z.record(z.string(), RESOURCE),
  Mappings: z.unknown().optional(),
  Transform: z.unknown().optional(),
});

/** One resource as synthesized, its intrinsics not resolved yet. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly condition: string | undefined;
}

/** A cloud assembly: what `cdk synth` writes and `cdk deploy` reads. */
export interface Assembly {
  readonly stackName: string;
  /** The template's path, relative to the working directory where that is shorter: for error texts. */
  readonly file: string;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  /** Object key in the asset bucket → directory on this machine. */
  readonly assets: ReadonlyMap<string, string>;
}

/**
 * Reads the one stack of a cloud assembly directory (`cdk.out`).
 * Throws `TemplateError` when a file is missing or malformed, or when there is not exactly one stack.
 */
export async function readAssembly(directory: string): Promise<Assembly> {
  const manifest = await readJson(join(directory, 'manifest.json'), MANIFEST);
  const artifacts = Object.entries(manifest.artifacts);
  const stacks = artifacts.filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  const templateFile = stack?.[1].properties?.templateFile;
  if (stack === undefined || stacks.length > 1 || templateFile === undefined) {
    throw new TemplateError(
      `${directory}/manifest.json holds ${stacks.length} stacks; the local cloud executes exactly one`,
    );
  }
  const assets = new Map<string, string>();
  for (const [, artifact] of artifacts) {
    const file = artifact.properties?.file;
    if (artifact.type === 'cdk:asset-manifest' && file !== undefined) await addAssets(directory, file, assets);
  }
  const path = join(directory, templateFile);
  const template = await readJson(path, TEMPLATE);
  const file = shortest(path);
  for (const section of ['Mappings', 'Transform'] as const) {
    if (template[section] !== undefined) {
      throw new TemplateError(`${file}: section ${section} is not supported by the local cloud; write its values out`);
    }
  }
  const resources = Object.entries(template.Resources).map(([logicalId, resource]): [string, TemplateResource] => [
    logicalId,
    { logicalId, type: resource.Type, properties: resource.Properties, condition: resource.Condition },
  ]);
  return { stackName: stack[0], file, resources: new Map(resources), assets };
}

async function addAssets(directory: string, file: string, assets: Map<string, string>): Promise<void> {
  const manifest = await readJson(join(directory, file), ASSETS);
  for (const { source, destinations } of Object.values(manifest.files)) {
    for (const { objectKey } of Object.values(destinations)) {
      assets.set(objectKey, resolve(directory, source.path));
    }
  }
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const cure = 'run `npm run synth` to write the assembly again';
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new TemplateError(`${shortest(path)} cannot be read: ${cure}`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TemplateError(`${shortest(path)} is not JSON: ${cure}`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new TemplateError(`${shortest(path)} does not look as the CDK writes it: ${z.prettifyError(result.error)}`);
}

function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short.length < path.length ? short : path;
}
