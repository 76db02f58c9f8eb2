import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyAppUpdate, parseAppUpdate } from '../../lib/schema/app-update.ts';
import { parseApp } from '../../lib/schema/parse-app.ts';
import { renderApp } from '../../lib/schema/render-app.ts';
import { aConfig } from '../fixtures/a-config.ts';
import { appArbitrary } from '../fixtures/app-arbitrary.ts';

const options = { config: aConfig() };

test('what is rendered, sent as JSON and parsed is the same definition', () => {
  fc.assert(
    fc.property(appArbitrary, (app) => {
      const { version: _version, versionInfo: _info, ...definition } = app;
      expect(parseApp(JSON.parse(JSON.stringify(renderApp(app))), options)).toEqual({ ok: true, app: definition });
    }),
    { numRuns: 500 },
  );
});

test('a partial update changes what it names and nothing else', () => {
  fc.assert(
    fc.property(appArbitrary, fc.nat(), (app, instances) => {
      const parsed = parseAppUpdate({ instances });
      if (!parsed.ok || parsed.update.kind !== 'change') throw new Error('the update must parse');
      const { version: _version, versionInfo: _info, ...definition } = app;
      expect(applyAppUpdate(app, parsed.update.fields, options)).toEqual({
        ok: true,
        app: { ...definition, instances },
      });
    }),
    { numRuns: 200 },
  );
});

test('any JSON is accepted or refused with a client error, never thrown on', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (input, field) => {
      for (const body of [
        input,
        { id: '/a', cmd: 'run', container: field, healthChecks: [field], constraints: [field] },
      ]) {
        for (const parsed of [parseApp(body, options), parseAppUpdate(body)]) {
          if (!parsed.ok) expect(parsed.error.status).toBe(422);
        }
      }
    }),
    { numRuns: 500 },
  );
});
