import { STATUS_CODES } from 'node:http';
import type { Answer } from '../answers/answer.ts';
import { REFUSALS, type Refusal } from '../answers/refusals.ts';
import { BASE_PATH } from '../base-path.ts';
import { JSON_TYPE } from '../media-types.ts';
import { MARATHON_VERSION } from '../presenters/info.ts';
import type { Route } from '../route.ts';
import { mediaTypesOf, refusalsOf } from './answers-of.ts';
import { parametersOf } from './parameters.ts';
import { type RouteSchemas, schemasOf } from './schemas.ts';

const DESCRIPTION = `Marathon ${MARATHON_VERSION}'s API on AWS, and Stride's own below \`/stride/v1\`.

- HEAD is answered where GET is, without the body; OPTIONS everywhere, with \`Allow\`. Another method of a path is a 405.
- Keys that a body has and its schema does not are ignored; \`null\` is the same as absent; words of a fixed set are read in any case.
- A boolean of a query is true when its value is \`true\` in any case, and false otherwise.
- Answers are never cached; \`X-Marathon-Leader\` on each names the API.`;

/** Resources in the order in which the document shows them. */
const TAGS = ['Apps', 'Groups', 'Pods', 'Tasks', 'Deployments', 'Queue', 'System', 'Stride'];

/** `/v2/apps/…` belongs to Apps; what is no resource of `/v2` to the system or to Stride. */
function tagOf(path: string): string {
  if (path.startsWith('/stride/')) return 'Stride';
  const resource = /^\/v2\/(\w+)/.exec(path)?.[1] ?? '';
  return TAGS.find((tag) => tag.toLowerCase() === resource) ?? 'System';
}

/** `Not Found` as the name of a component. */
const nameOf = (status: Refusal): string => (STATUS_CODES[status] ?? String(status)).replaceAll(' ', '');

const refTo = (status: Refusal) => ({ $ref: `#/components/responses/${nameOf(status)}` });
const refsTo = (statuses: readonly Refusal[]) => Object.fromEntries(statuses.map((status) => [status, refTo(status)]));

function responseOf(
  { description, schema, headers = {} }: Answer,
  mediaTypes: readonly string[],
  schemas: RouteSchemas,
) {
  const named = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ]);
  const content = (mediaType: string) =>
    schema !== undefined && mediaType === JSON_TYPE ? schemas.answer(schema) : { type: 'string' };
  return {
    description,
    ...(named.length > 0 && { headers: Object.fromEntries(named) }),
    ...(schema !== undefined && {
      content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema: content(mediaType) }])),
    }),
  };
}

function requestBodyOf({ body, consumes }: Route, schemas: RouteSchemas) {
  if (body === undefined) return {};
  const mediaTypes = consumes === undefined || consumes === 'any' ? [JSON_TYPE] : consumes;
  const schema = schemas.body(body);
  return { requestBody: { required: true, content: Object.fromEntries(mediaTypes.map((type) => [type, { schema }])) } };
}

function operationOf(route: Route, schemas: RouteSchemas) {
  const parameters = parametersOf(route);
  const answers = Object.entries(route.answers).map(([status, answer]) => [
    status,
    responseOf(answer, mediaTypesOf(route, answer), schemas),
  ]);
  return {
    operationId: route.name,
    tags: [tagOf(route.path)],
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(route, schemas),
    responses: { ...refsTo(refusalsOf(route)), ...Object.fromEntries(answers) },
  };
}

/** The OpenAPI 3.1 document of the routes. */
export function openApiDocument(routes: readonly Route[]) {
  const answers = [...routes.flatMap((route) => Object.values(route.answers)), ...Object.values(REFUSALS)];
  const schemas = schemasOf(
    routes,
    answers.flatMap(({ schema }: Answer) => schema ?? []),
  );
  const paths = [...Map.groupBy(routes, ({ path }) => path)].map(([path, rows]) => [
    path,
    Object.fromEntries(rows.map((row) => [row.method.toLowerCase(), operationOf(row, schemas)])),
  ]);
  const responses = Object.entries(REFUSALS).map(([status, refusal]) => [
    (STATUS_CODES[status] ?? status).replaceAll(' ', ''),
    responseOf(refusal, [JSON_TYPE], schemas),
  ]);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Stride',
      version: MARATHON_VERSION,
      description: DESCRIPTION,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: BASE_PATH }],
    tags: TAGS.map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: { schemas: schemas.components, responses: Object.fromEntries(responses) },
  };
}
