import { illegalArgument } from '../../lib/errors/catalogue.ts';
import { text } from './query.ts';

/** Of every list that comes in pages. */
export const pageQuery = { after: text('The `next` of the page before.') };

/** What an answer gave as `next`: the place of a record in its list. */
const PLACE = /^\d{13}-[\w.-]{1,1000}$/;

/** Where a page begins; undefined: the first one. Throws 422 for what is no `next` of an answer. */
export function pageStart(after: string | undefined): string | undefined {
  if (after === undefined || after === '') return undefined;
  if (!PLACE.test(after)) throw illegalArgument('after is not the next of an answer: leave it out for the first page');
  return after;
}
