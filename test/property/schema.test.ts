import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../lib/errors/app-error.ts';
import { applyAppUpdate, parseAppUpdate } from '../../lib/schema/app-update.ts';
import { parseApp } from '../../lib/schema/parse-app.ts';
import { renderApp } from '../../lib/schema/render-app.ts';
import { appUpdateSchema } from '../../lib/schema/wire/app.ts';
import { aConfig } from '../fixtures/a-config.ts';
import { anApp } from '../fixtures/an-app.ts';
import { appArbitrary } from '../fixtures/app-arbitrary.ts';
import { hostileValue } from '../fixtures/hostile-json.ts';

const options = { config: aConfig() };

/** As a client would see it: JSON has no negative zero. */
const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));

function changesOf(body: object) {
  const parsed = parseAppUpdate(body);
  if (!parsed.ok || parsed.update.kind !== 'change') throw new Error('the update must parse');
  return parsed.update.fields;
}
const NO_CHANGE = changesOf({});

test('what is rendered, sent as JSON and parsed is the same definition', () => {
  fc.assert(
    fc.property(appArbitrary, (app) => {
      const { version: _version, versionInfo: _info, ...definition } = app;
      expect(parseApp(throughJson(renderApp(app)), options)).toEqual({ ok: true, app: definition });
    }),
    { numRuns: 300 },
  );
});

test('a partial update changes what it names and nothing else', () => {
  fc.assert(
    fc.property(appArbitrary, fc.nat(), (app, instances) => {
      const { version: _version, versionInfo: _info, ...definition } = app;
      const own = app.container?.volumes.some(({ kind }) => kind === 'external') ?? false;
      if (own && instances > 1) return;
      expect(applyAppUpdate(app, changesOf({ instances }), options)).toEqual({
        ok: true,
        app: { ...definition, instances },
      });
    }),
    { numRuns: 200 },
  );
});

/** Good values for some fields, so that the deeper rules are reached as well. */
const plausible = fc.constantFrom<unknown>(
  [{ mode: 'container/bridge' }],
  [{ name: 'a' }, { name: 'b' }],
  { type: 'MESOS', volumes: [{ containerPath: 'a', mode: 'RW', persistent: { size: 1 } }] },
  { type: 'MESOS', volumes: [{ containerPath: 'a', mode: 'RW', external: { name: 'v', provider: 'dvdi' } }] },
  {
    docker: { image: 'i', parameters: [{ key: 'toString', value: '' }] },
    volumes: [{ containerPath: 'a', secret: 'constructor' }],
  },
  { docker: { image: 'i', network: 'BRIDGE', portMappings: [{ containerPort: 1 }, {}] } },
  [{ portIndex: 65_535 }, { protocol: 'COMMAND' }],
  ['http://h/a.zip', ':x', '\u0000'],
  { networkName: 'n', discovery: { ports: [{ name: 'a' }] } },
  { A: { secret: 'b' } },
  { cpus: 'unlimited', mem: 'x' },
  [
    ['hostname', 'like', '['],
    ['a', 'UNIQUE'],
  ],
);

const FIELDS = Object.keys(appUpdateSchema.shape);

const hostileApp = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(hostileValue, plausible), { maxKeys: 6, noNullPrototype: true }),
    fc.boolean(),
  )
  .map(([fields, complete]) => (complete ? { id: '/a', cmd: 'run', ...fields } : fields));

/** Every refusal says what is wrong where. */
function expectClientError(error: AppError): void {
  expect(error).toBeInstanceOf(AppError);
  expect(error.message).not.toBe('');
  expect([413, 422]).toContain(error.status);
  if (typeof error.details !== 'object') return;
  expect(error.details.length).toBeGreaterThan(0);
  for (const { path, errors } of error.details) {
    expect(path).toMatch(/^(\/|$)/);
    expect(errors.length).toBeGreaterThan(0);
    for (const text of errors) expect(text).not.toBe('');
  }
}

describe('hostile input', () => {
  test('is refused with path and message, or accepted and then stays what it is', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(hostileValue, hostileApp), (body) => {
        const update = parseAppUpdate(body);
        if (!update.ok) expectClientError(update.error);
        const parsed = parseApp(body, options);
        if (!parsed.ok) return expectClientError(parsed.error);
        accepted += 1;
        expect(parseApp(throughJson(renderApp(parsed.app)), options)).toEqual(throughJson(parsed));
      }),
      { numRuns: 1_500 },
    );
    expect(accepted).toBeGreaterThan(10);
  });

  test('in an update leaves the merged definition refused or readable', () => {
    const current = anApp();
    fc.assert(
      fc.property(hostileApp, (body) => {
        const update = parseAppUpdate(body);
        if (!update.ok) return expectClientError(update.error);
        if (update.update.kind === 'rollback') return;
        const merged = applyAppUpdate(current, update.update.fields, options);
        if (!merged.ok) return expectClientError(merged.error);
        const after = { ...current, ...throughJson(merged.app) };
        expect(applyAppUpdate(after, NO_CHANGE, options)).toEqual(throughJson(merged));
      }),
      { numRuns: 700 },
    );
  });

  test('changes nothing for those that come later', () => {
    parseApp(JSON.parse('{"id": "/a", "cmd": "run", "labels": {"__proto__": {"polluted": 1}}}'), options);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
