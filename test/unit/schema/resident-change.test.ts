import { describe, expect, test } from 'vitest';
import type { PersistentVolume } from '../../../lib/model/app-volume.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { residentChangeViolations } from '../../../lib/schema/rules/resident-change.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { createControlPlane } from '../../simulation/control-plane.ts';

const disk = (size: number): PersistentVolume => ({
  kind: 'persistent',
  containerPath: 'data',
  mode: 'RW',
  persistent: { type: 'root', size, constraints: [] },
});
const inContainer = (...volumes: readonly PersistentVolume[]): Partial<AppSpec> => ({
  container: { type: 'MESOS', volumes },
});
const mayNot = (what: string): string =>
  `Services with persistent volumes configured may not change ${what}. If you need to make this change, please create a new service.`;
const VOLUMES = ['/', 'Persistent volumes can not be changed!'] as const;

const before = anApp({ role: 'dev', ...inContainer(disk(10)) });
const port = (number: number) => ({ port: number, protocol: 'tcp' as const, labels: {} });

describe('a new version of an app with persistent volumes', () => {
  test.each<readonly [name: string, change: Partial<AppSpec>, violations: readonly (readonly [string, string])[]]>([
    ['another command, another service port', { cmd: 'sleep 1', portDefinitions: [port(10_001)] }, []],
    ['a larger disk', inContainer(disk(20)), [VOLUMES]],
    ['one disk more', inContainer(disk(10), disk(20)), [VOLUMES]],
    ['no disk', inContainer(), [VOLUMES]],
    [
      'other resources',
      { resources: { cpus: 2, mem: 1, disk: 1, gpus: 1 } },
      ['/cpus', '/mem', '/disk', '/gpus'].map((path) => [path, mayNot('resource requirements')]),
    ],
    ['one port more', { portDefinitions: [port(10_000), port(0)] }, [['/', mayNot('host ports')]]],
    [
      'fixed ports',
      { requirePorts: true },
      [
        ['/requirePorts', mayNot('resource requirements')],
        ['/', mayNot('host ports')],
      ],
    ],
    [
      'another role',
      { role: '*' },
      [
        [
          '/role',
          'It is not possible to change the role for existing reservations. If you proceed with this change, all existing ' +
            'instances will continue to run under the previous role, dev. Only new instances will be ' +
            'allocated with the new role, *. In order to continue, retry your request with ?force=true',
        ],
      ],
    ],
  ])('%s', (_name, change, violations) => {
    expect(residentChangeViolations(before, { ...before, ...change }, false)).toEqual(violations);
  });

  test('another role by force', () => {
    expect(residentChangeViolations(before, { ...before, role: '*' }, true)).toEqual([]);
  });

  test('new apps and apps without such volumes change as they like', () => {
    expect(residentChangeViolations(undefined, before, false)).toEqual([]);
    expect(residentChangeViolations(anApp(), before, false)).toEqual([]);
  });

  test('is judged at the commit, whatever the way of the change', async () => {
    const plane = createControlPlane({ agents: 1, eventDelays: () => [5] });
    const volumes = [{ containerPath: 'data', mode: 'RW', persistent: { size: 10 } }];
    const app = { id: '/db', cmd: './serve', container: { type: 'MESOS', volumes } };
    expect((await plane.request('POST', '/v2/apps', app)).status).toBe(201);
    const refused = {
      message: 'Object is not valid',
      details: [{ path: '/mem', errors: [mayNot('resource requirements')] }],
    };
    const changes: readonly (readonly [body: object, query: Record<string, string>])[] = [
      [{ mem: 256 }, { force: 'true' }],
      [
        { ...app, mem: 256 },
        { force: 'true', partialUpdate: 'false' },
      ],
    ];
    for (const [body, query] of changes) {
      await expect(plane.request('PUT', '/v2/apps/db', body, query)).resolves.toMatchObject({
        status: 422,
        json: refused,
      });
    }
  });
});
