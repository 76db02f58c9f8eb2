import type * as z from 'zod';

/** One answer that a route can give: what the OpenAPI document tells of it, and what tests hold it against. */
export interface Answer {
  readonly description: string;
  /** Of the body: as it is for JSON; for other media types it says that there is one. Absent: no body. */
  readonly schema?: z.ZodType;
  /** Of the body, where they are not those that the route produces. */
  readonly mediaTypes?: readonly string[];
  /** Headers besides those of all answers: name → what it tells. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** By status. */
export type Answers = Readonly<Record<number, Answer>>;
