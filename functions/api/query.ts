import * as z from 'zod';
import type { ApiRequest } from './http.ts';

/** Every value of one parameter, in order; none when it is absent. */
const values = z.array(z.string()).default([]);

/**
 * A boolean as Jersey reads it: `true` in any case is true, everything else false and never an error; absent or empty
 * is the fallback. The first value counts.
 */
export const flag = (fallback: boolean, description: string) =>
  values
    .transform(([first]) => (first === undefined || first === '' ? fallback : first.toLowerCase() === 'true'))
    .meta({ description, schema: { type: 'boolean', default: fallback } });

/** The first value, or undefined. */
export const text = (description: string) =>
  values.transform(([first]) => first).meta({ description, schema: { type: 'string' } });

/**
 * Every value: repeat the key, comma lists are not split (api-endpoints.md §1.1).
 * @param known values that mean something; others are taken too, and mean nothing
 */
export const texts = (description: string, known: readonly string[] = []) => {
  const items = known.length === 0 ? { type: 'string' } : { anyOf: [{ enum: known }, { type: 'string' }] };
  return values.meta({ description, schema: { type: 'array', items } });
};

export const dryRun = flag(
  false,
  'Change nothing: answer the steps of the deployment, its placements and its lowest capacity.',
);

/** What every kill of tasks takes. */
export const killQuery = {
  scale: flag(false, 'Lower the number of instances by those that are killed.'),
  force: flag(false, 'With `scale`: cancel the deployments that hold the app, instead of answering 409.'),
  wipe: flag(false, 'Give up reservations and volumes too.'),
  dryRun: flag(false, 'Kill nothing: answer which tasks it would be, or with `scale` what the deployment would do.'),
};

export const containerNetworks = text('For `text/plain`: container networks whose addresses to show, or `*`.');

/** Reads the declared parameters of a query; all others are ignored. */
export function queryOf<Q extends z.ZodRawShape>(shape: Q) {
  const schema = z.object(shape);
  return (query: ApiRequest['query']): z.output<z.ZodObject<Q>> => schema.parse(Object.fromEntries(query));
}
