import * as z from 'zod';
import { environmentValue } from '../../wire/secrets.ts';

// Building blocks of the wire schema of pods (pod-and-group-model.md A2, A3).

/** Names of containers, endpoints and volumes. */
export const name = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

/** Paths in containers and addresses of images. */
export const path = z.string().min(1).max(1024);

/** Unlike those of apps, the variables of pods have names that every shell can read. */
export const environment = z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,253}$/), environmentValue);

/** `shell` counts where both are given. */
export const command = z.union([
  z.object({ shell: z.string().min(1).describe('Command line for sh -c.') }),
  z.object({ argv: z.array(z.string()).min(1).describe('Arguments of the entry point, or the whole command.') }),
]);
