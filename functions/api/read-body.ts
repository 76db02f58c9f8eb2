import { bodyMissing, jsonSchema, jsonSyntax } from '../../lib/errors/catalogue.ts';
import { toPathText } from '../../lib/schema/wire/issues.ts';
import type { ApiRequest } from './http.ts';
import { type Json, repeatedKey } from './repeated-key.ts';

/** What a gateway puts in the place of bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';

function parse(json: string): Json {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw jsonSyntax(error instanceof Error ? error.message : String(error));
  }
}

/**
 * The request's JSON. Throws Marathon's 400 for no body and for a syntax error, 400 too for bytes that are no UTF-8, and
 * 422 for a key that an object has twice: Marathon drops one of the two values without a word.
 */
export function readBody({ body }: ApiRequest): unknown {
  if (body.trim() === '') throw bodyMissing();
  const broken = body.indexOf(REPLACEMENT);
  if (broken !== -1) {
    throw jsonSyntax(`The body is no UTF-8 at character ${broken}. For the character U+FFFD itself write \\ufffd.`);
  }
  const value = parse(body);
  const repeated = repeatedKey(body, value);
  if (repeated !== undefined) throw jsonSchema([{ path: toPathText(repeated), errors: ['is given more than once'] }]);
  return value;
}
