import * as z from 'zod';

/** As much of a JSON Schema as descriptions hang on; everything else is kept. */
const node = z.looseObject({
  description: z.string().optional(),
  properties: z.record(z.string(), z.looseObject({})).optional(),
  items: z.looseObject({}).optional(),
  anyOf: z.array(z.looseObject({})).optional(),
});
type Node = z.output<typeof node>;

/** The objects that a schema is made of: itself, its elements, its alternatives. */
function objectsIn(schema: Node): readonly Node[] {
  const below = [schema.items, ...(schema.anyOf ?? [])].flatMap((one) => (one === undefined ? [] : [node.parse(one)]));
  return [...(schema.properties === undefined ? [] : [schema]), ...below.flatMap(objectsIn)];
}

function describeNode(schema: Node, sent: Node): Node {
  const known = objectsIn(sent);
  const describe = (name: string, field: object): Node => {
    const source = node.parse(known.flatMap(({ properties }) => properties?.[name] ?? [])[0] ?? {});
    const { description } = source;
    return { ...(description !== undefined && { description }), ...describeNode(node.parse(field), source) };
  };
  const { properties, items, anyOf } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, describe(name, field)])),
    }),
    ...(items && { items: describeNode(node.parse(items), sent) }),
    ...(anyOf && { anyOf: anyOf.map((one) => describeNode(node.parse(one), sent)) }),
  };
}

/**
 * A JSON Schema whose fields have the descriptions of the fields of the same names in another one, at any depth, where
 * they have none of their own: what is answered means what it meant when it was sent.
 */
export const describeBy = (schema: object, sent: object): object => describeNode(node.parse(schema), node.parse(sent));
