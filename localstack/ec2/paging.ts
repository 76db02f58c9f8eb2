import * as z from 'zod';
import { AwsError } from '../endpoint/aws-service.ts';
import { numberInput } from './operation.ts';

/** `MaxResults`, from 5 up, and `NextToken`. */
export function pageInput(longest: number) {
  return {
    MaxResults: numberInput
      .refine((size) => size >= 5 && size <= longest, `must be between 5 and ${longest}`)
      .optional(),
    NextToken: z.string().optional(),
  };
}

interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

const PREFIX = 'after:';

/** One page in the order of the ids; its token names the last one given, so a page stays right when others come or go. */
export function takePage<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  { MaxResults = 1000, NextToken }: PageRequest,
): { readonly page: readonly Item[]; readonly nextToken: string | undefined } {
  const after = NextToken === undefined ? '' : readToken(NextToken);
  const rest = items.filter((item) => idOf(item) > after).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const page = rest.slice(0, MaxResults);
  const last = page.at(-1);
  const more = last !== undefined && page.length < rest.length;
  return { page, nextToken: more ? Buffer.from(PREFIX + idOf(last)).toString('base64url') : undefined };
}

/** EC2 pages either all resources or none: ids and `MaxResults` exclude each other. */
export function refuseIdsWithPage(parameter: string, ids: unknown, { MaxResults }: PageRequest): void {
  if (ids === undefined || MaxResults === undefined) return;
  throw new AwsError(
    'InvalidParameterCombination',
    `The parameter ${parameter} cannot be used with the parameter maxResults`,
  );
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(PREFIX)) throw new AwsError('InvalidNextToken', `the token ${token} is none of ours`);
  return text.slice(PREFIX.length);
}
