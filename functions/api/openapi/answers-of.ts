import type { Answer } from '../answers/answer.ts';
import { REFUSALS, type Refusal } from '../answers/refusals.ts';
import { startsDeployments } from '../deployment-deadline.ts';
import { JSON_TYPE } from '../media-types.ts';
import type { Route } from '../route.ts';

/** What every request may meet on the way. */
const OF_ALL: readonly Refusal[] = [403, 429, 500, 503, 504];
const OF_BODIES: readonly Refusal[] = [400, 413, 422];
/** A value may lead to another path, as `%2F` to the one above, which may lack the method. */
const OF_PARAMETERS: readonly Refusal[] = [404, 405];

/** The statuses in which a route refuses: what follows from its facts, and what its row names. */
export function refusalsOf({ path, body, consumes, unacceptable, answers, refuses = [] }: Route): readonly Refusal[] {
  const statuses = [
    ...refuses,
    ...OF_ALL,
    ...(body === undefined ? [] : OF_BODIES),
    ...(startsDeployments(answers) ? [422 as const] : []),
    ...(path.includes('{') ? OF_PARAMETERS : []),
    ...(consumes === 'any' ? [] : [415 as const]),
    ...(unacceptable === undefined ? [406 as const] : []),
  ];
  return [...new Set(statuses)].sort((a, b) => a - b);
}

/** The media types of the body of an answer of a route. */
export function mediaTypesOf({ produces = [JSON_TYPE] }: Route, { schema, mediaTypes }: Answer): readonly string[] {
  if (schema === undefined) return [];
  return mediaTypes ?? produces;
}

/** The answer of a route in a status, and its media types; undefined for one that it never gives. */
export function answerOf(
  route: Route,
  status: number,
): { readonly answer: Answer; readonly mediaTypes: readonly string[] } | undefined {
  const given = route.answers[status];
  if (given !== undefined) return { answer: given, mediaTypes: mediaTypesOf(route, given) };
  const refusal = refusalsOf(route).find((one) => one === status);
  return refusal === undefined ? undefined : { answer: REFUSALS[refusal], mediaTypes: [JSON_TYPE] };
}
