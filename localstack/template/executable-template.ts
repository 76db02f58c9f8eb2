import type * as z from 'zod';
import { executedProperties, supportOf } from './executed-properties.ts';
import { createLocalNames, type LocalNames } from './local-names.ts';
import type { Assembly, TemplateResource } from './read-assembly.ts';
import { type TemplateError, templateError } from './template-error.ts';

/** A resource that is executed, with the properties that are. */
export interface ExecutableResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** An error at one of its properties. */
  error(property: string, problem: string): TemplateError;
  /** Its properties as the schema has them; throws `TemplateError` naming the first that does not fit. */
  parse<T>(schema: z.ZodType<T>): T;
}

/** All executable resources of one template, by type. */
export interface ExecutableTemplate {
  readonly names: LocalNames;
  ofType(type: string): readonly ExecutableResource[];
}

/** Checks every resource against the lists and resolves what is executed. Throws `TemplateError`. */
export function readExecutable(assembly: Assembly): ExecutableTemplate {
  const names = createLocalNames(assembly);
  const resources: ExecutableResource[] = [];
  for (const resource of assembly.resources.values()) {
    const support = supportOf(resource, assembly.file);
    if (support === 'inert') continue;
    resources.push(executable(resource, executedProperties(resource, support, names, assembly.file), assembly.file));
  }
  return { names, ofType: (type) => resources.filter((resource) => resource.type === type) };
}

function executable(
  { logicalId, type }: TemplateResource,
  properties: Readonly<Record<string, unknown>>,
  file: string,
): ExecutableResource {
  const error = (property: string, problem: string) => templateError({ file, logicalId, type, property }, problem);
  return {
    logicalId,
    type,
    properties,
    error,
    parse(schema) {
      const result = schema.safeParse(properties);
      if (result.success) return result.data;
      const [issue] = result.error.issues;
      throw error(issue?.path.join('.') ?? '', `the local cloud cannot execute its value: ${issue?.message}`);
    },
  };
}
