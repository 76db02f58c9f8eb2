import * as z from 'zod';
import { DEADLINE_HEADER, startsDeployments } from '../deployment-deadline.ts';
import type { Route } from '../route.ts';

/** A parameter object of OpenAPI 3.1. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description?: string;
  readonly required?: true;
  readonly schema: object;
}

const SLASHES = 'Its slashes may be sent as they are, doubled, or as `%2F`.';
const ID = { type: 'string', pattern: '^[a-z0-9.-]+(/[a-z0-9.-]+)*$' };
const TEXT = { type: 'string', minLength: 1 };

/** Parameters of paths by name; each name means the same everywhere. */
const OF_PATHS: Readonly<Record<string, { readonly description: string; readonly schema: object }>> = {
  appId: { description: `Id of an app, such as \`shop/cart\`. ${SLASHES}`, schema: ID },
  podId: { description: `Id of a pod, such as \`shop/sidecar\`. ${SLASHES}`, schema: ID },
  groupId: { description: `Id of a group, such as \`shop\`. ${SLASHES}`, schema: ID },
  runSpecId: {
    description: `Id of an app or pod, or a group's with \`/*\` for all below it. ${SLASHES}`,
    schema: { ...ID, pattern: '^([a-z0-9.-]+(/[a-z0-9.-]+)*(/\\*)?|\\*)$' },
  },
  taskId: { description: 'Id of a task; it stands for its whole instance.', schema: TEXT },
  instanceId: { description: 'Id of an instance.', schema: TEXT },
  deploymentId: { description: 'Id of a deployment.', schema: TEXT },
  tickId: { description: 'Id of a pass of the scheduler, as the list of ticks shows it.', schema: TEXT },
  version: {
    description: 'A version, as the list of versions shows it.',
    schema: { type: 'string', format: 'date-time' },
  },
  name: { description: 'Name of a file.', schema: TEXT },
  path: { description: `A path of any depth. ${SLASHES}`, schema: TEXT },
  pluginId: { description: 'Id of a plugin.', schema: TEXT },
};

const metaOf = z.object({ description: z.string(), schema: z.looseObject({ type: z.string() }) });

/** What path, query and headers tell a route. Throws for a parameter that is not described: a test meets it first. */
export function parametersOf({ path, query, headers = {}, answers }: Route): readonly Parameter[] {
  const ofPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']): Parameter => {
    const known = OF_PATHS[name];
    if (known === undefined) throw new Error(`parameter ${name} of ${path} has no description`);
    return { name, in: 'path', required: true, ...known };
  });
  const ofQuery = Object.entries(query).map(
    ([name, schema]): Parameter => ({ name, in: 'query', ...metaOf.parse(z.globalRegistry.get(schema)) }),
  );
  const all = { ...headers, ...(startsDeployments(answers) && DEADLINE_HEADER) };
  const ofHeaders = Object.entries(all).map(
    ([name, description]): Parameter => ({ name, in: 'header', description, schema: { type: 'string' } }),
  );
  return [...ofPath, ...ofQuery, ...ofHeaders];
}
