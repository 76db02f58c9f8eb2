import * as z from 'zod';
import { nonEmptyText } from './fields.ts';

/** A text, or the name of one of the definition's secrets. */
export const environmentValue = z.union([
  z.object({ secret: z.string().describe('Name of a secret in secrets.') }),
  z.string(),
]);

/** By the name that references use. */
export const secrets = z.record(
  z.string(),
  z.object({ source: nonEmptyText.describe('Where the value is kept: name of the secret in its store.') }),
);
