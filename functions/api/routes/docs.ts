import * as z from 'zod';
import { uriNotFound } from '../../../lib/errors/catalogue.ts';
import { openApi } from '../answers/system.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { ANY_TYPE } from '../media-types.ts';
import { defineRoute, type Route } from '../route.ts';
import { readWebFile } from '../web-files.ts';

/** Nothing but the page's own files, and the document. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PARTS: ReadonlyMap<string, string> = new Map([
  ['page.css', 'text/css; charset=utf-8'],
  ['page.js', 'text/javascript; charset=utf-8'],
]);

/** The page refers to its parts and to the document relative to its own path, which may be below a stage. */
async function page({ path }: ApiRequest): Promise<ApiResponse> {
  if (path.endsWith('/')) return { status: 302, headers: { Location: '../docs' } };
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY },
    text: await readWebFile('docs/index.html'),
  };
}

async function part(name: string): Promise<ApiResponse> {
  const type = PARTS.get(name);
  if (type === undefined) throw uriNotFound();
  const headers = { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' };
  return { status: 200, headers, text: await readWebFile(`docs/${name}`) };
}

/** The API as a document and as a page. `routes`: all there are, these among them. */
export function docsRoutes(routes: () => readonly Route[]): readonly Route[] {
  let made: Promise<unknown> | undefined;
  /** Loaded and made on the first request: few processes are ever asked for it. */
  const document = (): Promise<unknown> => {
    made ??= import('../openapi/document.ts').then(({ openApiDocument }) => openApiDocument(routes()));
    return made;
  };
  return [
    defineRoute({
      name: 'getOpenApi',
      method: 'GET',
      path: '/stride/v1/openapi.json',
      summary: 'This document.',
      consumes: 'any',
      answers: { 200: { description: 'The document.', schema: openApi } },
      handler: async () => ({ status: 200, json: await document() }),
    }),
    defineRoute({
      name: 'getDocs',
      method: 'GET',
      path: '/docs',
      summary: 'This document as a page.',
      produces: ['text/html'],
      consumes: 'any',
      answers: {
        200: { description: 'The page.', schema: z.string() },
        302: { description: 'To the path without a slash at its end.', headers: { Location: 'That path.' } },
      },
      handler: (_deps, request) => page(request),
    }),
    defineRoute({
      name: 'getHelp',
      method: 'GET',
      path: '/help',
      summary: "The same page, at Marathon's path.",
      produces: [ANY_TYPE],
      consumes: 'any',
      answers: { 302: { description: 'To the page.', headers: { Location: 'Its path.' } } },
      handler: () => ({ status: 302, headers: { Location: 'docs' } }),
    }),
    defineRoute({
      name: 'getDocsPart',
      method: 'GET',
      path: '/docs/{name}',
      summary: 'A part of the page.',
      produces: [ANY_TYPE],
      consumes: 'any',
      answers: { 200: { description: 'The part.', schema: z.string(), mediaTypes: ['text/css', 'text/javascript'] } },
      handler: (_deps, _request, { name }) => part(name),
    }),
  ];
}
