import * as z from 'zod';
import { jsonSchemasByName } from '../../../lib/schema/json-schema.ts';
import type { Route } from '../route.ts';
import { ANSWERS, BODIES, type Component } from './components.ts';
import { describeBy } from './describe.ts';

const refTo = (name: string): string => `#/components/schemas/${name}`;

type Io = 'input' | 'output';

/** Every schema of the routes: those of `components`, and what stands in the document in place of each. */
export interface RouteSchemas {
  readonly components: Readonly<Record<string, object>>;
  readonly body: (schema: z.ZodType) => unknown;
  readonly answer: (schema: z.ZodType) => unknown;
}

/** Holds a schema without a name, so that others that hold it too do not refer to it. */
const IN_PLACE = 'inPlace';

/** All schemas of one direction at once, since they refer to each other. */
function convert(io: Io, named: Readonly<Record<string, Component>>, used: readonly z.ZodType[]) {
  const names = new Map(Object.entries(named).map(([name, { schema }]) => [schema, name]));
  const unnamed = [...new Set(used)].filter((schema) => !names.has(schema));
  const keys = new Map(unnamed.map((schema, index) => [schema, `${IN_PLACE} ${index}`]));
  const wrapped = [...keys].map(([schema, key]) => [key, z.object({ [IN_PLACE]: schema })] as const);
  const made = jsonSchemasByName(
    io,
    new Map([...[...names].map(([schema, name]) => [name, schema] as const), ...wrapped]),
    refTo,
  );
  return {
    components: new Map([...names.values()].map((name) => [name, made.get(name) ?? {}])),
    inPlace(schema: z.ZodType): unknown {
      const name = names.get(schema);
      return name === undefined ? made.get(keys.get(schema) ?? '')?.properties?.[IN_PLACE] : { $ref: refTo(name) };
    },
  };
}

/** The JSON Schemas of all bodies and answers. */
export function schemasOf(routes: readonly Route[], answers: readonly z.ZodType[]): RouteSchemas {
  const sent = convert(
    'input',
    BODIES,
    routes.flatMap(({ body }) => body ?? []),
  );
  const answered = convert('output', ANSWERS, answers);
  const bodies = [...sent.components].map(([name, schema]) => {
    const examples = BODIES[name]?.examples;
    return [name, { ...schema, ...(examples && { examples }) }] as const;
  });
  const described = [...answered.components].map(([name, schema]) => {
    const source = ANSWERS[name]?.describedBy;
    return [name, source === undefined ? schema : describeBy(schema, sent.components.get(source) ?? {})] as const;
  });
  return {
    components: Object.fromEntries([...bodies, ...described]),
    body: sent.inPlace,
    answer: answered.inPlace,
  };
}
