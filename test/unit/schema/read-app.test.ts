import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { toErrorBody } from '../../../lib/errors/app-error.ts';
import { inputJsonSchema } from '../../../lib/schema/json-schema.ts';
import { parseApp } from '../../../lib/schema/parse-app.ts';
import { appSchema, appUpdateSchema } from '../../../lib/schema/wire/app.ts';
import { idText } from '../../../lib/schema/wire/fields.ts';
import { aConfig } from '../../fixtures/a-config.ts';

function refusal(input: unknown): unknown {
  const parsed = parseApp(input, { config: aConfig() });
  return parsed.ok ? parsed.app : { status: parsed.error.status, ...toErrorBody(parsed.error) };
}

const app = { id: '/a', cmd: 'run' };

/** Schema-read errors (app-model.md §1.1): input beside `id` and `cmd`, then path and words. */
const WORDS: readonly (readonly [name: string, input: object, path: string, errors: readonly string[]])[] = [
  ['string expected', { id: 1 }, '/id', ['error.expected.jsstring']],
  ['number expected', { cpus: '1' }, '/cpus', ['error.expected.jsnumber']],
  ['integer expected, text given', { instances: '1' }, '/instances', ['error.expected.jsnumber']],
  ['bool expected', { requirePorts: 'yes' }, '/requirePorts', ['error.expected.jsboolean']],
  ['array expected', { args: 'x' }, '/args', ['error.expected.jsarray']],
  ['object expected', { labels: [] }, '/labels', ['error.expected.jsobject']],
  ['object expected, list given', { container: [] }, '/container', ['error.expected.jsobject']],
  ['fraction for int32', { gpus: 1.5 }, '/gpus', ['error.expected.int']],
  ['beyond int32', { instances: 2147483648 }, '/instances', ['error.expected.int']],
  [
    'fraction for int64',
    { unreachableStrategy: { inactiveAfterSeconds: 0.5 } },
    '/unreachableStrategy/inactiveAfterSeconds',
    ['error.expected.long'],
  ],
  ['infinite', { mem: Number.POSITIVE_INFINITY }, '/mem', ['error.expected.jsnumber']],
  ['not a number', { mem: Number.NaN }, '/mem', ['error.expected.jsnumber']],
  ['below a bound', { instances: -1 }, '/instances', ['error.min']],
  ['negative cpus', { cpus: -0.1 }, '/cpus', ['error.min']],
  ['backoff factor below 1', { backoffFactor: 0.9 }, '/backoffFactor', ['error.min']],
  ['above a bound', { ports: [65536] }, '/ports(0)', ['error.max']],
  ['empty id', { id: '' }, '/id', ['error.minLength']],
  ['empty cmd', { cmd: '' }, '/cmd', ['error.minLength']],
  ['too long', { networks: [{ name: 'n'.repeat(64) }] }, '/networks(0)/name', ['error.maxLength']],
  [
    'a network name that networks do not take',
    { ipAddress: { networkName: '' } },
    '/ipAddress/networkName',
    ['error.minLength', 'error.pattern'],
  ],
  ['id in capitals', { id: '/A' }, '/id', ['error.pattern']],
  ['dependency with a blank', { dependencies: ['/a b'] }, '/dependencies(0)', ['error.pattern']],
  ['port name', { portDefinitions: [{ name: 'HTTP' }] }, '/portDefinitions(0)/name', ['error.pattern']],
  ['executor', { executor: 'a//b' }, '/executor', ['error.pattern']],
  ['unknown literal', { killSelection: 'RANDOM' }, '/killSelection', ['error.unknown.enum.literal']],
  ['literal of a wrong type', { killSelection: 1 }, '/killSelection', ['error.expected.jsstring']],
  ['number in env', { env: { A: 1 } }, '/env/A', ['error.expected.jsstring']],
  ['null in env', { env: { A: null } }, '/env/A', ['error.expected.jsstring']],
  ['number in labels', { labels: { l: 1 } }, '/labels/l', ['error.expected.jsstring']],
  ['null in a list', { args: [null] }, '/args(0)', ['error.expected.jsstring']],
  ['nested index', { healthChecks: [{ portIndex: 'a' }] }, '/healthChecks(0)/portIndex', ['error.expected.jsnumber']],
  ['constraint of a wrong type', { constraints: [['a', null]] }, '/constraints(0)(1)', ['error.expected.jsstring']],
  ['union, wrong in all', { unreachableStrategy: 4 }, '/unreachableStrategy', ['error.expected.jsobject']],
  [
    'required field of a part',
    { container: { docker: {} } },
    '/container/docker/image',
    ["'image' is undefined on object: {}"],
  ],
  [
    'capacity above 1',
    { upgradeStrategy: { minimumHealthCapacity: 1.1, maximumOverCapacity: 0 } },
    '/upgradeStrategy/minimumHealthCapacity',
    ['error.max'],
  ],
  [
    'half an upgradeStrategy',
    { upgradeStrategy: { minimumHealthCapacity: 1 } },
    '/upgradeStrategy/maximumOverCapacity',
    [`'maximumOverCapacity' is undefined on object: {"minimumHealthCapacity":1}`],
  ],
  [
    'no status code for ready',
    { readinessChecks: [{ httpStatusCodesForReady: [] }] },
    '/readinessChecks(0)/httpStatusCodesForReady',
    ['error.minLength'],
  ],
  ['a __proto__ key', { env: JSON.parse('{"__proto__": "x"}') }, '/env/__proto__', ['is not allowed as a key']],
  ['U+0000 in a text', { cmd: 'a\0' }, '/cmd', ['must not contain the character U+0000']],
  ['U+0000 in a key', { env: { 'A\0': 'x' } }, '/env/A\0', ['must not contain the character U+0000']],
  [
    'half a surrogate pair in a text',
    { args: ['a', '\ud83d'] },
    '/args(1)',
    ['must not contain half of a surrogate pair'],
  ],
  [
    'half a surrogate pair in a key that nobody knows',
    { mine: { '\udc00': 1 } },
    '/mine/\udc00',
    ['must not contain half of a surrogate pair'],
  ],
];

describe('schema read', () => {
  test.each(WORDS)('%s', (_name, input, path, errors) => {
    expect(refusal({ ...app, ...input })).toEqual({
      status: 422,
      message: 'Invalid JSON',
      details: [{ path, errors }],
    });
  });

  test('a missing id names the object', () => {
    expect(refusal({ cmd: 'run' })).toEqual({
      status: 422,
      message: 'Invalid JSON',
      details: [{ path: '/id', errors: [`'id' is undefined on object: {"cmd":"run"}`] }],
    });
  });

  test.each([{ input: null }, { input: [] }, { input: 'text' }, { input: 7 }])('$input is no object', ({ input }) => {
    expect(refusal(input)).toEqual({
      status: 422,
      message: 'Invalid JSON',
      details: [{ path: '', errors: ['error.expected.jsobject'] }],
    });
  });

  test('all failing fields are reported together', () => {
    expect(refusal({ id: 1, cpus: 'x', instances: -1 })).toEqual({
      status: 422,
      message: 'Invalid JSON',
      details: [
        { path: '/id', errors: ['error.expected.jsstring'] },
        { path: '/cpus', errors: ['error.expected.jsnumber'] },
        { path: '/instances', errors: ['error.min'] },
      ],
    });
  });

  test('of a union only the last alternative reports', () => {
    const volume = { containerPath: 'data', persistent: 7 };
    expect(refusal({ ...app, container: { type: 'MESOS', volumes: [volume] } })).toEqual({
      status: 422,
      message: 'Invalid JSON',
      details: [
        {
          path: '/container/volumes(0)/hostPath',
          errors: [`'hostPath' is undefined on object: ${JSON.stringify(volume)}`],
        },
        {
          path: '/container/volumes(0)/mode',
          errors: [`'mode' is undefined on object: ${JSON.stringify(volume)}`],
        },
      ],
    });
  });

  test('nesting beyond 64 levels is refused without exhausting the stack', () => {
    const deep: unknown = JSON.parse(`{"id": "/a", "x": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(refusal(deep)).toEqual({
      status: 422,
      message: 'Invalid JSON',
      details: [{ path: `/x${'(0)'.repeat(63)}`, errors: ['nested deeper than 64 levels'] }],
    });
  });

  test('a huge definition is refused with the limit', () => {
    expect(refusal({ ...app, env: { A: 'x'.repeat(2_000_000) } })).toEqual({
      status: 413,
      message: 'The definition is larger than the limit of 1048576 characters. Send a smaller one, or split it.',
    });
  });

  test('a definition of very many values is refused with the limit', () => {
    expect(refusal({ ...app, args: Array(65_537).fill('') })).toEqual({
      status: 413,
      message: 'The definition is larger than the limit of 65536 values. Send a smaller one, or split it.',
    });
  });

  test('of very many errors the first thousand are listed, and the others counted', () => {
    const parsed = parseApp({ ...app, args: Array(60_000).fill(1) }, { config: aConfig() });
    const details = parsed.ok ? [] : (parsed.error.details ?? []);
    expect(details).toHaveLength(1_001);
    expect(details[999]).toEqual({ path: '/args(999)', errors: ['error.expected.jsstring'] });
    expect(details[1_000]).toEqual({ path: '', errors: ['59000 more are not listed'] });
  });

  test('of very long errors as many are listed as an answer can hold', () => {
    const networks = Array.from({ length: 4_000 }, (_, index) => ({ mode: 'container', name: `net-${index}` }));
    const portMappings = Array.from({ length: 500 }, () => ({ containerPort: 1, networkNames: ['other'] }));
    const parsed = parseApp({ ...app, networks, container: { type: 'MESOS', portMappings } }, { config: aConfig() });
    const details = parsed.ok ? [] : (parsed.error.details ?? []);
    expect(details.at(0)).toMatchObject({ path: '/container/portMappings(0)/networkNames(0)' });
    expect(details.at(-1)).toEqual({ path: '', errors: [expect.stringMatching(/^4\d\d more are not listed$/)] });
    expect(JSON.stringify(details).length).toBeLessThan(300_000);
  });

  test('the quoted object of a message is cut', () => {
    const parsed = parseApp({ cmd: 'x'.repeat(5_000) }, { config: aConfig() });
    const details = parsed.ok ? [] : parsed.error.details;
    expect(JSON.stringify(details).length).toBeLessThan(1_200);
  });

  test('names of Object.prototype are ordinary keys', () => {
    const env = { constructor: 'a', toString: 'b', hasOwnProperty: 'c' };
    const parsed = parseApp({ ...app, env, labels: env }, { config: aConfig() });
    expect(parsed).toMatchObject({ ok: true, app: { env, labels: env } });
  });
});

/** A place in a JSON Schema where values are told of; `path` leads to it. */
interface Place {
  readonly path: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

function placesIn(schema: unknown, path = ''): readonly Place[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const known = new Map<string, unknown>(Object.entries(schema));
  const below = [...Object.entries(Object(known.get('properties')))].map(([key, one]) =>
    placesIn(one, `${path}/${key}`),
  );
  const alternatives = [known.get('anyOf')].flat().map((one) => placesIn(one, path));
  const items = placesIn(known.get('items'), `${path}()`);
  return [{ path, schema: Object.fromEntries(known) }, ...below.flat(), ...alternatives.flat(), ...items];
}

describe('the schema as a document', () => {
  test.each([
    ['app', appSchema],
    ['update', appUpdateSchema],
  ])('JSON Schema of %s: every field of it has a description', (_name, schema) => {
    const places = placesIn(inputJsonSchema(schema));
    const described = new Set(places.flatMap(({ path, schema: one }) => ('description' in one ? [path] : [])));
    const fields = [...new Set(places.map(({ path }) => path))].filter((path) => /[^)]$/.test(path));
    expect(fields.length).toBeGreaterThan(150);
    expect(fields.filter((path) => !described.has(path))).toEqual([]);
  });

  test('tells types, bounds, literals and defaults', () => {
    const places = placesIn(inputJsonSchema(appSchema));
    const at = (path: string) =>
      Object.assign({}, ...places.filter((place) => place.path === path).map((place) => place.schema));
    expect(at('/cmd')).toMatchObject({ description: 'Command for /bin/sh -c.' });
    expect(at('/instances')).toMatchObject({ minimum: 0, maximum: 2_147_483_647 });
    expect(at('/healthChecks()/intervalSeconds')).toMatchObject({ default: 60, minimum: 0 });
    expect(at('/container/type')).toMatchObject({ default: 'DOCKER' });
    expect(JSON.stringify(at('/container/type'))).toContain('["MESOS","DOCKER"]');
    expect(at('/id')).toMatchObject({ type: 'string', minLength: 1, pattern: expect.stringMatching(/^\^/) });
  });

  test('its pattern of ids takes what the reader takes', () => {
    const { pattern } = z.globalRegistry.get(appSchema.shape.id) ?? {};
    const form = new RegExp(String(pattern));
    for (const id of ['/app', 'app', '/a.b/c-d', '//a', '/a//b', '/a/', '/../a', '/']) {
      expect([id, form.test(id), idText.safeParse(id).success]).toEqual([id, true, true]);
    }
    for (const id of ['', '/A', 'a_b', '/a b', '/.', '/...', '-a', 'a-', '/a.', '.a', '/a/é']) {
      expect([id, id !== '' && form.test(id), idText.safeParse(id).success]).toEqual([id, false, false]);
    }
  });
});
