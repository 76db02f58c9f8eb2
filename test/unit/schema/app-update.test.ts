import { describe, expect, test } from 'vitest';
import { toErrorBody } from '../../../lib/errors/app-error.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { applyAppUpdate, parseAppUpdate } from '../../../lib/schema/app-update.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anApp } from '../../fixtures/an-app.ts';

const current = anApp({
  id: resolvePathId('/dev/app'),
  role: 'old',
  env: { A: 'a', B: 'b' },
  labels: { l: '1' },
  healthChecks: [
    {
      protocol: 'TCP',
      portIndex: 0,
      gracePeriodSeconds: 1,
      intervalSeconds: 2,
      timeoutSeconds: 3,
      maxConsecutiveFailures: 4,
      delaySeconds: 5,
      ipProtocol: 'IPv4',
    },
  ],
});

/** The definition after a partial update, or the error body. */
function updated(app: AppSpec, input: unknown): unknown {
  const parsed = parseAppUpdate(input);
  if (!parsed.ok) return toErrorBody(parsed.error);
  if (parsed.update.kind === 'rollback') return parsed.update;
  const merged = applyAppUpdate(app, parsed.update.fields, { config: aConfig() });
  return merged.ok ? merged.app : toErrorBody(merged.error);
}

const { version: _version, versionInfo: _versionInfo, ...definition } = current;

describe('a partial update', () => {
  test.each<readonly [name: string, input: object, expected: object]>([
    ['nothing given', {}, {}],
    ['null changes nothing', { env: null, instances: null }, {}],
    ['scaling', { instances: 5 }, { instances: 5 }],
    ['maps are replaced whole', { env: { C: 'c' }, labels: {} }, { env: { C: 'c' }, labels: {} }],
    ['the body has another id: the path decides', { id: '/other', instances: 2 }, { instances: 2 }],
    ['one resource', { mem: 256 }, { resources: { cpus: 1, mem: 256, disk: 0, gpus: 0 } }],
    [
      'one part of the backoff',
      { backoffSeconds: 7 },
      { backoff: { backoffSeconds: 7, backoffFactor: 1.15, maxLaunchDelaySeconds: 300 } },
    ],
    [
      'old ports replace port definitions',
      { ports: [0, 80] },
      { portDefinitions: [0, 80].map((port) => ({ port, protocol: 'tcp', labels: {} })) },
    ],
    ['lists can be emptied', { healthChecks: [] }, { healthChecks: [] }],
    ['dependencies resolve against the root', { dependencies: ['db'] }, { dependencies: ['/db'] }],
  ])('%s', (_name, input, expected) => {
    expect(updated(current, input)).toEqual({ ...definition, ...expected });
  });

  test('the merged whole is judged', () => {
    expect(updated(current, { args: ['x'] })).toEqual({
      message: 'Object is not valid',
      details: [
        {
          path: '/',
          errors: ["AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."],
        },
      ],
    });
  });

  test('an app may keep its role, but not take another one', () => {
    expect(updated(current, { role: 'new' })).toEqual({
      message: 'Object is not valid',
      details: [{ path: '/role', errors: ['got new, expected one of: [*, dev, old]'] }],
    });
  });

  test('schema errors are those of a definition', () => {
    expect(updated(current, { instances: -1, id: '/A' })).toEqual({
      message: 'Invalid JSON',
      details: [
        { path: '/id', errors: ['error.pattern'] },
        { path: '/instances', errors: ['error.min'] },
      ],
    });
  });

  test('deprecated fields are judged before they are translated', () => {
    expect(updated(current, { ports: [1, 1] })).toEqual({
      message: 'Object is not valid',
      details: [{ path: '/', errors: ['ports must be unique'] }],
    });
  });

  test('the id of a list item is made absolute', () => {
    expect(parseAppUpdate({ id: 'dev//app' })).toMatchObject({ ok: true, update: { kind: 'change', id: '/dev/app' } });
  });
});

describe('a rollback', () => {
  test('is the version alone, in UTC', () => {
    expect(updated(current, { version: '2021-03-02T09:15:31.004+01:00' })).toEqual({
      kind: 'rollback',
      id: undefined,
      version: '2021-03-02T08:15:31.004Z',
    });
  });

  test('may name the app', () => {
    expect(updated(current, { id: '/x', version: '2021-03-02T08:15:31.004Z', env: null })).toEqual({
      kind: 'rollback',
      id: '/x',
      version: '2021-03-02T08:15:31.004Z',
    });
  });

  test('takes nothing else', () => {
    expect(updated(current, { version: '2021-03-02T08:15:31.004Z', instances: 1 })).toEqual({
      message: 'Object is not valid',
      details: [{ path: '/', errors: ["The 'version' field may only be combined with the 'id' field."] }],
    });
  });

  test('needs a timestamp', () => {
    expect(updated(current, { version: 'yesterday' })).toEqual({
      message: "Invalid timestamp provided 'yesterday'. Expecting ISO-8601 datetime string.",
    });
  });
});
