import { isUtf8 } from 'node:buffer';
import * as z from 'zod';
import { artifactNotFound, binaryNotAcceptable, bodyTooLarge } from '../../../lib/errors/catalogue.ts';
import type { Answer } from '../answers/answer.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { ANY_TYPE } from '../media-types.ts';
import { readUploadedFile, type UploadedFile } from '../read-form.ts';
import { defineRoute, type Route } from '../route.ts';

/** Bytes of one file: in base 64 it stays below DynamoDB's 400 KB. */
const MAX_BYTES = 256_000;
/** Types that the gateway passes on as bytes: API Gateway looks at the first that a client accepts. */
const BINARY_TYPES: ReadonlySet<string> = new Set(['application/octet-stream', 'multipart/form-data']);
const FORM = ['multipart/form-data'] as const;

interface OfArtifact {
  readonly path: string;
}

async function store({ state }: ApiDeps, path: string, { bytes, contentType }: UploadedFile): Promise<ApiResponse> {
  if (bytes.length > MAX_BYTES) throw bodyTooLarge('The artifact', MAX_BYTES, 'bytes');
  const isNew = (await state.artifacts.get(path)) === undefined;
  await state.artifacts.put(path, { contentType, content: Buffer.from(bytes).toString('base64') });
  return isNew ? { status: 201, headers: { Location: `/v2/artifacts/${encodeURI(path)}` } } : { status: 200 };
}

/** `POST /v2/artifacts`: under the file's own name. */
async function createArtifact(deps: ApiDeps, request: ApiRequest): Promise<ApiResponse> {
  const file = await readUploadedFile(request);
  return store(deps, file.name, file);
}

/** `PUT` and `POST /v2/artifacts/{path}`. */
async function putArtifact(deps: ApiDeps, request: ApiRequest, { path }: OfArtifact): Promise<ApiResponse> {
  return store(deps, path, await readUploadedFile(request));
}

/** `GET /v2/artifacts/{path}`. */
async function getArtifact({ state }: ApiDeps, request: ApiRequest, { path }: OfArtifact): Promise<ApiResponse> {
  const artifact = await state.artifacts.get(path);
  if (artifact === undefined) throw artifactNotFound(path);
  const bytes = Buffer.from(artifact.content, 'base64');
  const headers = { 'Content-Type': artifact.contentType };
  if (isUtf8(bytes)) return { status: 200, headers, text: bytes.toString('utf8') };
  const [first = ''] = (request.headers.get('accept') ?? '').split(/[,;]/);
  if (!BINARY_TYPES.has(first.trim().toLowerCase())) throw binaryNotAcceptable(path);
  return { status: 200, headers, binary: bytes };
}

/** `DELETE /v2/artifacts/{path}`. */
async function deleteArtifact({ state }: ApiDeps, _request: ApiRequest, { path }: OfArtifact): Promise<ApiResponse> {
  if (!(await state.artifacts.remove(path))) throw artifactNotFound(path);
  return { status: 200 };
}

/** What is sent: one file. */
const form = z.object({
  file: z.string().meta({ contentMediaType: 'application/octet-stream' }).describe('The file.'),
});
const replaced: Answer = { description: 'Replaced.' };
const stored: Answer = { description: 'Stored.', headers: { Location: 'Its path.' } };

/** `/v2/artifacts` and below, as Marathon had it up to 1.4 (design §8). */
export const artifactRoutes: readonly Route[] = [
  defineRoute({
    name: 'createArtifact',
    method: 'POST',
    path: '/v2/artifacts',
    summary: 'Stores a file under its own name.',
    body: form,
    answers: { 200: replaced, 201: stored },
    produces: [ANY_TYPE],
    consumes: FORM,
    handler: createArtifact,
  }),
  ...(['PUT', 'POST'] as const).map((method) =>
    defineRoute({
      name: method === 'PUT' ? 'putArtifact' : 'postArtifact',
      method,
      path: '/v2/artifacts/{path}',
      summary: 'Stores a file.',
      body: form,
      answers: { 200: replaced, 201: stored },
      produces: [ANY_TYPE],
      consumes: FORM,
      handler: putArtifact,
    }),
  ),
  defineRoute({
    name: 'getArtifact',
    method: 'GET',
    path: '/v2/artifacts/{path}',
    summary: 'A file.',
    answers: { 200: { description: 'The file, in the type it was stored with.', schema: z.string() } },
    produces: [ANY_TYPE],
    consumes: 'any',
    handler: getArtifact,
  }),
  defineRoute({
    name: 'deleteArtifact',
    method: 'DELETE',
    path: '/v2/artifacts/{path}',
    summary: 'Deletes a file.',
    answers: { 200: { description: 'Deleted.' } },
    produces: [ANY_TYPE],
    consumes: 'any',
    handler: deleteArtifact,
  }),
];
