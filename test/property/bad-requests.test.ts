import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { BODIES } from '../../functions/api/openapi/components.ts';
import type { Route } from '../../functions/api/route.ts';
import { ROUTES } from '../../functions/api/routes.ts';
import { groupSchema } from '../../lib/schema/group/wire.ts';
import { type ApiUnderTest, startApiUnderTest } from '../fixtures/api-under-test.ts';
import { hostileJson, hostileKey, withHostile } from '../fixtures/hostile-json.ts';
import { type RawAnswer, type RawRequest, sendRaw } from '../fixtures/raw-request.ts';

/*
 * Bad requests to every endpoint that writes, over HTTP: each is refused with a message and changes nothing, or it is
 * taken and everything stays readable; never a fault. The rows come from the table of routes, so a new one is tried too.
 * More of them: STRIDE_FUZZ_RUNS=20000; others: STRIDE_FUZZ_SEED=7.
 */

const SEED = Number(process.env['STRIDE_FUZZ_SEED'] ?? 20_210_302);
const RUNS = Number(process.env['STRIDE_FUZZ_RUNS'] ?? 250);
/** A run over many requests: about 100 a second on a busy machine. */
const LIMIT_MS = 30_000 + RUNS * 40;

const WRITES = ROUTES.filter(({ method }) => method !== 'GET');
const JSON_TYPE = { 'Content-Type': 'application/json' };

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApiUnderTest();
});
afterAll(() => api?.stop());

const problem = z.object({
  message: z.string().min(1),
  details: z
    .union([
      z.string().min(1),
      z
        .array(z.strictObject({ path: z.string().regex(/^(\/|\(|$)/), errors: z.array(z.string().min(1)).min(1) }))
        .min(1),
    ])
    .optional(),
});

/** Whether everything that is there can be read. */
async function expectReadable(): Promise<void> {
  for (const path of ['/v2/groups', '/v2/pods/::status']) {
    expect(await sendRaw(api.url, { method: 'GET', path }), path).toMatchObject({ status: 200 });
  }
}

/** Sends it, and holds against the answer what is true of every answer. */
async function answerTo(bad: RawRequest): Promise<RawAnswer> {
  const before = api.changes.length;
  const answer = await sendRaw(api.url, bad);
  const { status, text } = answer;
  expect(api.errors, 'faults of ours').toEqual([]);
  expect(status, text).toBeLessThan(500);
  if (status < 400) {
    await expectReadable();
    return answer;
  }
  expect(api.changes.slice(before), `${status} ${text.slice(0, 200)}`).toEqual([]);
  expect(problem.parse(JSON.parse(text)).message).not.toBe('');
  return answer;
}

/** Bodies that are taken, where the OpenAPI document has no example. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  setLogLevel: { level: 'info', logger: 'stride.api', durationSeconds: 60 },
  killTasks: { ids: ['shop_db.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002._app.1'] },
  killPodInstances: ['sidecar.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002'],
};

const exampleOf = (schema: unknown): unknown =>
  Object.values(BODIES).find((known) => known.schema === schema)?.examples?.[0];

function sampleOf({ name, body }: Route): unknown {
  if (name in SAMPLES) return SAMPLES[name];
  if (body instanceof z.ZodArray) return [{ id: '/cart', ...z.looseObject({}).parse(exampleOf(body.element) ?? {}) }];
  return exampleOf(body) ?? {};
}

/** Keys of an object that a row takes, or of the elements of a list. */
function keysOf(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodArray) return keysOf(schema.element);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** What is there, by the name of the parameter. */
function valuesOf(name: string): readonly string[] {
  const ids: Readonly<Record<string, readonly string[]>> = {
    appId: ['cart', 'sleeper', 'waiter', 'shop/db', 'new'],
    podId: ['sidecar', 'new'],
    groupId: ['shop', 'new'],
  };
  return ids[name] ?? api.known.get(`${name.replace(/Id$/, '')}s`) ?? ['one'];
}

/** The path with each parameter filled in. */
const pathOf = ({ path }: Route, fill: (name: string) => string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => fill(name));
const goodPath = (route: Route): string => pathOf(route, (name) => valuesOf(name)[0] ?? 'one');

/** Whether bodies of a media type are looked at. */
const takes = ({ consumes = ['application/json'] }: Route, type: string): boolean =>
  consumes === 'any' || consumes.includes(type);
const JSON_WRITES = WRITES.filter((route) => route.body !== undefined && takes(route, 'application/json')).map(
  (route) => [route.name, route] as const,
);
const isList = ({ body }: Route): boolean => body instanceof z.ZodArray;

const INVALID = [422] as const;
const UNREADABLE = [400] as const;
const TOO_LARGE = [413] as const;
/** In a list the object is its one element. */
const inObject = (members: string) => (route: Route) => (isList(route) ? `[${members}]` : members);

/** Lists of many rows that hold nothing but what they must not. */
const MANY = ['args', 'containers', 'dependencies', 'ids']
  .map((key) => `"${key}": [${'0,'.repeat(4_000)}0]`)
  .join(', ');

/** Just over what a definition, or a group, may have. */
const tooLarge = (before: string, after: string) => (route: Route) =>
  inObject(`{${before}${'x'.repeat(route.body === groupSchema ? 4_200_000 : 1_050_000)}${after}}`)(route);

const WRONG_BODIES: readonly (readonly [
  what: string,
  body: string | Uint8Array | ((route: Route) => string),
  statuses: readonly number[],
])[] = [
  ['nothing', '', UNREADABLE],
  ['blanks', ' \r\n\t', UNREADABLE],
  ['half an object', '{"id": ', UNREADABLE],
  ['two values', '{} {}', UNREADABLE],
  ['a comment', '{"id": "/a" /* mine */}', UNREADABLE],
  ['NaN', '{"cpus": NaN}', UNREADABLE],
  ['an octal number', '{"cpus": 010}', UNREADABLE],
  ['a line break in a text', '{"id": "/a\n"}', UNREADABLE],
  ['broken UTF-8', Buffer.from('7b226964223a22ff c328227d'.replaceAll(' ', ''), 'hex'), UNREADABLE],
  ['an overlong NUL', Buffer.from('7b226964223a22c080227d', 'hex'), UNREADABLE],
  ['UTF-16', Buffer.from('{"id": "/a"}', 'utf16le'), UNREADABLE],
  ['a number', '7', INVALID],
  ['a number out of range', '1e400', INVALID],
  ['a text', '"/a"', INVALID],
  ['a boolean', 'true', INVALID],
  ['null', 'null', INVALID],
  ['lists', '[[[]]]', INVALID],
  ['the other kind of value', (route) => (isList(route) ? '{"id": "/cart"}' : '[]'), INVALID],
  ['a key twice', inObject('{"id": "/a", "id": "/b"}'), INVALID],
  ['a key twice further in', inObject('{"id": "/a", "x": [{"toString": 1, "toString": 2}]}'), INVALID],
  ['a prototype', inObject('{"__proto__": {"id": "/a"}}'), INVALID],
  ['a deep list', inObject(`{"x": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`), INVALID],
  ['a deep object', inObject(`{"x": ${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`), INVALID],
  ['U+0000', inObject('{"id": "/a", "x": "\\u0000"}'), INVALID],
  ['half a surrogate pair', inObject('{"id": "/a", "\\udead": 1}'), INVALID],
  ['a huge text', tooLarge('"x": "', '"'), TOO_LARGE],
  ['more values than a group may have', inObject(`{"x": [${'0,'.repeat(530_000)}0]}`), TOO_LARGE],
  ['very many wrong values', inObject(`{${MANY}, "enforceRole": 0}`), INVALID],
  ['a huge key', tooLarge('"', '": 1'), TOO_LARGE],
];

describe.for(JSON_WRITES)('%s', ([, route]) => {
  it.for(WRONG_BODIES)('refuses %s', async ([, body, statuses]) => {
    const sent = typeof body === 'function' ? body(route) : body;
    const answer = await answerTo({ method: route.method, path: goodPath(route), headers: JSON_TYPE, body: sent });
    expect(statuses, answer.text.slice(0, 300)).toContain(answer.status);
    // Whoever sent it is told where it is wrong.
    if (answer.status === 422) expect(problem.parse(JSON.parse(answer.text)).details).toBeInstanceOf(Array);
    if (answer.status === 413) expect(answer.text).toMatch(/limit of \d+/);
  });
});

const TYPES = ['text/plain', 'application/xml', 'application/json/x', 'application/jsonp', ';;', 'json', 'multipart/x'];

describe('a media type that is not taken', () => {
  const picky = WRITES.filter(({ consumes }) => consumes !== 'any').map((route) => [route.name, route] as const);
  it.for(picky)('is refused by %s', async ([, route]) => {
    for (const type of TYPES) {
      const body = JSON.stringify(sampleOf(route));
      const answer = await answerTo({
        method: route.method,
        path: goodPath(route),
        headers: { 'Content-Type': type },
        body,
      });
      expect(answer, type).toMatchObject({ status: 415, text: '{"message":"Unsupported Media Type"}' });
    }
  });

  it('is refused of files that are in no form', async () => {
    const forms = WRITES.filter((route) => takes(route, 'multipart/form-data') && !takes(route, 'application/json'));
    expect(forms).not.toEqual([]);
    for (const route of forms) {
      for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x', 'multipart/form-data; boundary=']) {
        const headers = { 'Content-Type': type };
        for (const body of ['', 'x', '--x\r\n\r\n', '--x--', '{"file": 1}']) {
          const answer = await answerTo({ method: route.method, path: goodPath(route), headers, body });
          expect(answer, `${type} ${body}`).toMatchObject({ status: 422 });
        }
      }
    }
  });
});

it('refuses a body that the gateway does not take, with the limit', async () => {
  const body = `{"id": "/a", "x": "${'x'.repeat(11 * 1024 * 1024)}"}`;
  const answer = await answerTo({ method: 'POST', path: '/v2/apps', headers: JSON_TYPE, body });
  expect(answer).toMatchObject({ status: 413 });
  expect(answer.text).toMatch(/limit of \d+/);
});

/** Segments of paths that are no good ids, or look like something else. */
const SEGMENTS = [
  ...[
    '%',
    '%zz',
    '%2',
    '%00',
    'a%00b',
    '%ff',
    '%E0%A4%A',
    '%C0%AF',
    '%ED%A0%80',
    '%F0%9F%92%A9',
    '%e2%80%ae',
    '%cc%81',
  ],
  ...[
    '.',
    '..',
    '%2e',
    '%2e%2e',
    '%2E%2E%2F%2E%2E%2Fx',
    '..%2f..%2f',
    'a..b',
    'a.',
    '.a',
    'a%2F',
    '%2Fa',
    '%2F%2F',
    'a%252Fb',
  ],
  ...[
    'A',
    'a_b',
    '-',
    '-a',
    'a-',
    'a b'.replace(' ', '%20'),
    '%09',
    '%0d%0aX:%20y',
    '*',
    '**',
    'a*',
    '::',
    'a::status',
    '::instances',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'tasks', 'versions', 'restart', 'apps', 'delay'],
  ...[
    'a'.repeat(64),
    'a'.repeat(901),
    `${'a/'.repeat(400)}a`,
    "'",
    '"',
    '$',
    '{appId}',
    '\u00e9',
    '1e400',
    'NaN',
    'null',
    'undefined',
  ],
];

const TYPES_SENT = ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', ...TYPES];

const flagValue = fc.constantFrom('true', 'TRUE', 'false', '', '%00', '%', '[]', '1e400');

/** Out of ten: how often something is so. */
const often = (times: number): fc.Arbitrary<boolean> => fc.integer({ min: 1, max: 10 }).map((die) => die <= times);

/** A request to a row: sometimes with a bad path, mostly with one bad place in a body that would else be taken. */
const drawn = fc.record({
  route: fc.constantFrom(...WRITES),
  segments: fc.array(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 3 }),
  hasBadPath: often(3),
  value: fc.nat(20),
  hasBadBody: often(8),
  isBodyBadAlone: often(1),
  place: fc.nat(40),
  key: fc.option(fc.oneof(hostileKey, fc.nat(60)), { nil: undefined }),
  json: hostileJson,
  type: fc.oneof({ weight: 9, arbitrary: fc.constant('application/json') }, fc.constantFrom(...TYPES_SENT)),
  flags: fc.array(flagValue, { maxLength: 3 }),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer D> ? D : never;

function bodyOf({ route, hasBadBody, isBodyBadAlone, place, key, json }: Drawn): string {
  const sample = sampleOf(route);
  if (!hasBadBody) return JSON.stringify(sample);
  if (isBodyBadAlone) return json;
  const keys = keysOf(route.body);
  const name = typeof key === 'number' ? keys[key % Math.max(1, keys.length)] : key;
  return withHostile(sample, place, name, json);
}

function toRequest(one: Drawn): RawRequest {
  const { route, segments, hasBadPath, value, type, flags } = one;
  const path = pathOf(route, (name) => {
    const values = valuesOf(name);
    return hasBadPath ? segments.join('/') : encodeURIComponent(values[value % values.length] ?? '');
  });
  const query = Object.keys(route.query).flatMap((name, index) => {
    const flag = flags[index];
    return flag === undefined ? [] : [`${encodeURIComponent(name)}=${flag}`];
  });
  const headers = { 'Content-Type': type };
  return {
    method: route.method,
    path: [path, ...query].join('?').replaceAll(/(?<=\?.*)\?/g, '&'),
    headers,
    body: bodyOf(one),
  };
}

it(
  `refuses or takes drawn requests (seed ${SEED}, ${RUNS} of them)`,
  async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(drawn, async (one) => {
        const { status } = await answerTo(toRequest(one));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    console.log(`seed ${SEED}, ${RUNS} requests by status:`, Object.fromEntries(statuses));
    // What is taken is seen to be written, and all kinds of answers were met.
    expect(api.changes).not.toEqual([]);
    for (const status of [200, 201, 400, 404, 415, 422]) expect([...statuses.keys()]).toContain(status);
  },
  LIMIT_MS,
);
