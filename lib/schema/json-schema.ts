import * as z from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Defaults are told although they are filled in by a transformation, which zod leaves out. */
const tellDefault: NonNullable<z.core.ToJSONSchemaParams['override']> = ({ zodSchema, jsonSchema }) => {
  const { default: value } = z.globalRegistry.get(zodSchema) ?? {};
  if (value !== undefined) Object.assign(jsonSchema, { default: value });
};

/**
 * The JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it) of what clients may send: one of the wire schemas, such as
 * `appSchema`.
 */
export function inputJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', override: tellDefault });
}

/**
 * The JSON Schemas of what clients send (`input`) or are answered (`output`), by name. Where one of them holds another,
 * it refers to it by `uri` of its name. A schema that holds itself must be among them.
 */
export function jsonSchemasByName(
  io: 'input' | 'output',
  schemas: ReadonlyMap<string, z.ZodType>,
  uri: (name: string) => string,
): ReadonlyMap<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of schemas) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { io, override: tellDefault, uri });
  return new Map(
    Object.entries(made.schemas).map(([name, { $id: _id, $schema: _dialect, ...schema }]) => [name, schema]),
  );
}
