import { unless, type Violation } from './violation.ts';

// The grammar of RFC 2396 as Java's URI class takes it: letters beyond ASCII are letters.
const OTHER = String.raw`[^\x00-\x9f\s]`;
const ESCAPE = '%[0-9A-Fa-f]{2}';
const PATH = String.raw`(?:[\w\-.!~'()*:@&=+$,;/]|${ESCAPE}|${OTHER})*`;
const QUERY = String.raw`(?:[\w\-.!~'()*:@&=+$,;/?[\]]|${ESCAPE}|${OTHER})*`;
const AUTHORITY = String.raw`(?:[\w\-.!~'()*:@&=+$,;[\]]|${ESCAPE}|${OTHER})*`;
const SCHEME = String.raw`(?:[A-Za-z][A-Za-z0-9+.\-]*:(?=[^#])|(?![^/?#]*:))`;
const URI = new RegExp(String.raw`^${SCHEME}(?://${AUTHORITY}(?=[/?#]|$))?${PATH}(?:\?${QUERY})?(?:#${QUERY})?$`);

/** Rule on each of a list of URIs (app-model.md §10); plain paths are URIs too. */
export function uriViolations(uris: readonly string[], toPath: (index: number) => string): readonly Violation[] {
  return uris.flatMap((uri, index) => unless(URI.test(uri), toPath(index), 'URI has invalid syntax.'));
}
