import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';

/** What an answer is to be like: see README.md for the signs that texts in it may be. */
const expectation = z.strictObject({
  status: z.number().int(),
  headers: z.record(z.string(), z.string()).optional(),
  /** The whole body. */
  json: z.unknown().optional(),
  /** What the body has, among other keys. */
  has: z.unknown().optional(),
  text: z.string().optional(),
});
export type Expectation = z.infer<typeof expectation>;

const step = z.strictObject({
  send: z.string().regex(/^[A-Z]+ \/\S*$/),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  /** A body that is sent as it is. */
  raw: z.string().optional(),
  expect: expectation,
  /** Asked again until the answer is so. */
  until: z.literal(true).optional(),
  /** Names for values of the answer: JSON pointers into its body, or `header:<name>`. */
  keep: z.record(z.string(), z.string()).optional(),
  source: z.string().min(1),
  /** Why the answer of Stride is another one than Marathon's: against a Marathon it is not judged. */
  differs: z.string().min(1).optional(),
});
export type Step = z.infer<typeof step>;

const scenario = z.strictObject({
  name: z.string().min(1),
  /** Touches what others may have: only where the system is this run's own. */
  alone: z.literal(true).optional(),
  steps: z.array(step).min(1),
});
export type Scenario = z.infer<typeof scenario>;

const FOLDER = new URL('./scenarios/', import.meta.url);

/** All scenarios, by the file that they are in. */
export function readScenarios(): readonly (readonly [file: string, scenarios: readonly Scenario[]])[] {
  return readdirSync(FOLDER)
    .toSorted()
    .map((file) => [file, z.array(scenario).parse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')))]);
}
