import * as z from 'zod';
import type { Answers } from './answer.ts';
import { uuid } from './values.ts';

const message = z.string();

/** Most error bodies. */
export const error = z.strictObject({ message });

/** A request that cannot be read. */
export const unreadable = z.strictObject({ message, details: z.string().optional().describe("The parser's words.") });

/** Locked by deployments, or there already: clients tell the two apart by `deployments`. */
export const conflict = z.strictObject({
  message,
  deployments: z
    .array(z.strictObject({ id: uuid }))
    .optional()
    .describe('Those that hold the lock.'),
});

/** A definition or a parameter that is wrong. */
export const invalid = z.strictObject({
  message,
  details: z
    .array(
      z.strictObject({
        path: z.string().meta({ examples: ['/healthChecks(0)/portIndex'] }),
        errors: z.array(z.string()),
      }),
    )
    .optional()
    .describe('What is wrong where: one entry for each path.'),
});

/** Every refusal and failure by status, the same for all routes (api-endpoints.md §1.3). */
export const REFUSALS = {
  400: { description: 'The request cannot be read.', schema: unreadable },
  403: {
    description: 'Too many deployments run, or the gateway refuses this client.',
    schema: error,
  },
  404: { description: 'There is no such thing.', schema: error },
  405: { description: 'The path does not have this method.', schema: error, headers: { Allow: 'Methods it has.' } },
  406: { description: 'It cannot be answered in any media type that `Accept` names.', schema: error },
  409: { description: 'Deployments hold it, or it exists already.', schema: conflict },
  413: { description: 'The body is larger than the limit, which the message names.', schema: error },
  415: { description: 'The body is of a media type that is not taken.', schema: error },
  422: { description: 'The definition or a parameter is wrong.', schema: invalid },
  429: { description: 'The gateway lets no more requests through at the moment.', schema: error },
  500: {
    description: 'A fault of ours, with the request as the log names it; or an answer that is too large to be sent.',
    schema: error,
  },
  503: { description: 'Not now: the message says whether anything was changed.', schema: error },
  504: { description: 'The gateway gave up waiting. Look before you repeat a change.', schema: error },
} as const satisfies Answers;

export type Refusal = keyof typeof REFUSALS;
