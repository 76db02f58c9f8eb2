import { bodyMissing, jsonSyntax } from '../../lib/errors/catalogue.ts';
import type { ApiRequest } from './http.ts';

/** The request's JSON. Throws Marathon's 400 for no body and for a syntax error. */
export function readBody(request: ApiRequest): unknown {
  if (request.body.trim() === '') throw bodyMissing();
  try {
    return JSON.parse(request.body);
  } catch (error) {
    throw jsonSyntax(error instanceof Error ? error.message : String(error));
  }
}
