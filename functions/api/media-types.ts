import { MIMEType } from 'node:util';
import { notAcceptable, unsupportedMediaType } from '../../lib/errors/catalogue.ts';
import type { ApiRequest } from './http.ts';
import type { Route } from './route.ts';

export const JSON_TYPE = 'application/json';
export const TEXT_TYPE = 'text/plain';
/** Offered by routes that answer whatever a client accepts. */
export const ANY_TYPE = '*/*';

interface Range {
  readonly type: string;
  readonly subtype: string;
  /** The client's preference, 0 (never) to 1. */
  readonly quality: number;
}

/** A media type of a header; undefined for text that is none. */
function parseRange(text: string): Range | undefined {
  try {
    const { type, subtype, params } = new MIMEType(text.trim());
    const quality = Number(params.get('q') ?? 1);
    return { type, subtype, quality: Number.isFinite(quality) ? quality : 1 };
  } catch {
    // What is no media type asks for nothing.
    return undefined;
  }
}

const matches = (range: Range, [type, subtype]: readonly string[]): boolean =>
  (range.type === '*' || range.type === type) && (range.subtype === '*' || range.subtype === subtype);

/** Narrow ranges overrule wide ones: `text/plain;q=0, text/*` takes no plain text. */
const width = (range: Range): number => (range.type === '*' ? 2 : range.subtype === '*' ? 1 : 0);

function qualityOf(ranges: readonly Range[], mediaType: string): number {
  const parts = mediaType.split('/');
  const fitting = ranges.filter((range) => matches(range, parts)).toSorted((a, b) => width(a) - width(b));
  return fitting[0]?.quality ?? 0;
}

/** The type that the client likes best of those offered, the first of equals; undefined when it takes none. */
function negotiate(accept: string | undefined, offered: readonly [string, ...string[]]): string | undefined {
  if (accept === undefined || accept.trim() === '' || offered[0] === ANY_TYPE) return offered[0];
  const ranges = accept.split(',').flatMap((text) => parseRange(text) ?? []);
  const liked = offered
    .map((mediaType) => ({ mediaType, quality: qualityOf(ranges, mediaType) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  return liked[0]?.mediaType;
}

function checkBody(contentType: string | undefined, taken: Route['consumes'] = [JSON_TYPE]): void {
  if (taken === 'any' || contentType === undefined) return;
  const range = parseRange(contentType);
  if (range === undefined || !taken.includes(`${range.type}/${range.subtype}`)) throw unsupportedMediaType();
}

/**
 * The media type to answer in; undefined when the client takes none and the route has an answer for that. Throws 406
 * where it has not, and 415 for a body (also an announced, absent one) of a type that the route does not take.
 */
export function mediaTypeFor(request: ApiRequest, route: Route): string | undefined {
  const chosen = negotiate(request.headers.get('accept'), route.produces ?? [JSON_TYPE]);
  if (chosen === undefined && route.unacceptable === undefined) throw notAcceptable();
  checkBody(request.headers.get('content-type'), route.consumes);
  return chosen;
}
