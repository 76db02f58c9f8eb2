import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { REFUSALS } from '../../../functions/api/answers/refusals.ts';
import { refusalsOf } from '../../../functions/api/openapi/answers-of.ts';
import { BODIES } from '../../../functions/api/openapi/components.ts';
import { openApiDocument } from '../../../functions/api/openapi/document.ts';
import { defineRoute } from '../../../functions/api/route.ts';
import { ROUTES, route } from '../../../functions/api/routes.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const media = z.strictObject({ schema: z.looseObject({}) });
const response = z.union([
  z.strictObject({ $ref: z.string() }),
  z.looseObject({ description: z.string().min(1), content: z.record(z.string(), media).optional() }),
]);
const operation = z.strictObject({
  operationId: z.string().min(1),
  tags: z.array(z.string()).length(1),
  summary: z.string().regex(/^[A-Z].*\.$/),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), description: z.string().min(1) })).optional(),
  requestBody: z.looseObject({ content: z.record(z.string(), media) }).optional(),
  responses: z.record(z.string(), response),
});
const document = z
  .looseObject({
    paths: z.record(z.string(), z.record(z.string(), operation)),
    components: z.strictObject({
      schemas: z.record(z.string(), z.looseObject({})),
      responses: z.record(z.string(), response),
    }),
  })
  .parse(openApiDocument(ROUTES));

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]) => ({ ...one, path, method: method.toUpperCase() })),
);

/** Every object of JSON Schema below a value, with the place where it stands. */
function* schemasIn(value: unknown, place: string): Generator<readonly [string, Readonly<Record<string, unknown>>]> {
  if (typeof value !== 'object' || value === null) return;
  const known = z.record(z.string(), z.unknown()).safeParse(value);
  if (known.success) yield [place, known.data];
  for (const [key, below] of Object.entries(value)) yield* schemasIn(below, `${place}/${key}`);
}

describe('the OpenAPI document', () => {
  it('has every route of the table, and no other operation', () => {
    const rows = ROUTES.map(({ name, method, path }) => `${name}: ${method} ${path}`);
    expect(operations.map((one) => `${one.operationId}: ${one.method} ${one.path}`).sort()).toEqual(rows.sort());
  });

  it('gives no operationId twice', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it.for(operations)(
    '$operationId has a parameter for each part of its path in braces',
    ({ path, parameters = [] }) => {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.flatMap((one) => (one.in === 'path' ? [one.name] : []))).toEqual(named);
    },
  );

  it.for(ROUTES.map((route) => [route.name, route] as const))('%s says what it answers', ([, route]) => {
    expect(Object.keys(route.answers)).not.toEqual([]);
    const found = operations.find(({ operationId }) => operationId === route.name);
    const statuses = [...Object.keys(route.answers), ...refusalsOf(route).map(String)];
    expect(new Set(Object.keys(found?.responses ?? {}))).toEqual(new Set(statuses));
  });

  it.for(ROUTES.filter(({ path }) => path.includes('{')).map((row) => [row.name, row] as const))(
    '%s says what happens when its parameters lead elsewhere',
    ([, row]) => {
      for (const value of ['%2F', 'a%2Fb', 'apps', 'restart', 'tasks', 'versions']) {
        const { kind } = route(row.method, row.path.replaceAll(/\{\w+\}/g, value));
        if (kind === 'methodNotAllowed') expect(refusalsOf(row), value).toContain(405);
        if (kind === 'notFound') expect(refusalsOf(row), value).toContain(404);
      }
    },
  );

  it('refers only to what it has', () => {
    const text = JSON.stringify(document);
    const names = Object.entries(document.components).flatMap(([kind, all]) =>
      Object.keys(all).map((name) => `#/components/${kind}/${name}`),
    );
    const used = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
    expect(used.filter((reference) => !names.includes(reference ?? ''))).toEqual([]);
    const unused = names.filter((name) => !used.includes(name));
    expect(unused).toEqual([]);
  });

  it('closes every object of an answer, but maps', () => {
    const sent = Object.keys(BODIES);
    const answered = {
      ...Object.fromEntries(Object.entries(document.components.schemas).filter(([name]) => !sent.includes(name))),
      ...Object.fromEntries(operations.map(({ operationId, responses }) => [operationId, responses])),
    };
    const open = [...schemasIn(answered, '')].filter(
      ([, schema]) => schema['type'] === 'object' && schema['additionalProperties'] === undefined,
    );
    expect(open.map(([place]) => place)).toEqual([]);
  });

  it('tells each refusal once', () => {
    expect(Object.keys(document.components.responses)).toHaveLength(Object.keys(REFUSALS).length);
  });

  it.for(Object.entries(BODIES).flatMap(([name, { examples = [] }]) => examples.map((one) => [name, one] as const)))(
    'has an example of %s that is taken: %j',
    ([name, example]) => {
      expect(BODIES[name]?.schema.safeParse(example)).toMatchObject({ success: true });
    },
  );

  it('is served, and shown as a page whose parts are served', async () => {
    const { api } = createTestApi();
    const { json } = await api(aRequest({ path: '/stride/v1/openapi.json' }));
    expect(json).toEqual(document);
    const page = await api(aRequest({ path: '/docs', headers: { accept: 'text/html' } }));
    expect(page).toMatchObject({ status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
    const parts = [...(page.text ?? '').matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, path]) => `/${path}`);
    expect(parts).toContain('/docs/page.js');
    for (const path of new Set(parts)) {
      expect(await api(aRequest({ path })), path).toMatchObject({ status: 200 });
    }
  });

  it('is a page without scripts or styles of others, below a stage too', async () => {
    const { api } = createTestApi();
    const { headers, text } = await api(aRequest({ path: '/docs' }));
    expect(headers?.['Content-Security-Policy']).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(text).not.toMatch(/(?:href|src)="(?:\/|https?:)/);
    expect(await api(aRequest({ path: '/help' }))).toEqual({ status: 302, headers: { Location: 'docs' } });
    expect(await api(aRequest({ path: '/docs/' }))).toEqual({ status: 302, headers: { Location: '../docs' } });
    expect(await api(aRequest({ path: '/docs/other.js' }))).toEqual({
      status: 404,
      json: { message: 'URI not found' },
    });
  });

  it('cannot be made of a route with a parameter that nobody describes', () => {
    const row = defineRoute({
      name: 'a',
      method: 'GET',
      path: '/a/{unheardOf}',
      summary: 'A.',
      answers: { 200: { description: 'An answer.' } },
      handler: () => ({ status: 200 }),
    });
    expect(() => openApiDocument([row])).toThrow('unheardOf');
  });
});
