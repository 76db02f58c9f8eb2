import * as z from 'zod';
import { invalid } from './operation.ts';

/** ECS: 1 to 100 results a page, 100 when not said. */
export const pageInput = {
  maxResults: z.int().min(1).max(100).default(100),
  nextToken: z.string().optional(),
};

interface PageRequest {
  readonly maxResults: number;
  readonly nextToken?: string | undefined;
}

/** One page of a sorted list; the token names the last key given, so a page stays right when the list changes. */
export function takePage<Item>(
  sorted: readonly Item[],
  isAfter: (item: Item, key: string) => boolean,
  keyOf: (item: Item) => string,
  { maxResults, nextToken }: PageRequest,
): { readonly items: readonly Item[]; readonly nextToken: string | undefined } {
  const key = nextToken === undefined ? undefined : readToken(nextToken);
  const rest = key === undefined ? sorted : sorted.filter((item) => isAfter(item, key));
  const items = rest.slice(0, maxResults);
  const last = items.at(-1);
  const more = last !== undefined && items.length < rest.length;
  return { items, nextToken: more ? Buffer.from(`after:${keyOf(last)}`).toString('base64url') : undefined };
}

/** A page of ARNs, in their order as text. */
export function takeArnPage(arns: readonly string[], request: PageRequest) {
  return takePage(
    arns.toSorted(),
    (arn, key) => arn > key,
    (arn) => arn,
    request,
  );
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('after:')) throw invalid(`nextToken: ${token} is none of ours`);
  return text.slice('after:'.length);
}
