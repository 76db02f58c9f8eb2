import * as z from 'zod';

/**
 * The JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it) of what clients may send: one of the wire schemas, such as
 * `appSchema`. Defaults are told although they are filled in by a transformation, which zod leaves out.
 */
export function inputJsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      const { default: value } = z.globalRegistry.get(zodSchema) ?? {};
      if (value !== undefined) Object.assign(jsonSchema, { default: value });
    },
  });
}
