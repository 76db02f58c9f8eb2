import { describe, expect, it } from 'vitest';
import { changeKind, versioned } from '../../../lib/group/versioning.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import type { AppDefinition, AppSpec } from '../../../lib/model/run-spec.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';

const AT = toTimestamp(EPOCH);
const SCALED = toTimestamp(EPOCH + 1_000);
const CONFIGURED = toTimestamp(EPOCH + 2_000);
const NOW = toTimestamp(EPOCH + 60_000);

const BEFORE = anApp({
  version: CONFIGURED,
  versionInfo: { lastScalingAt: SCALED, lastConfigChangeAt: AT },
  instances: 2,
});

const definitionOf = ({ version, versionInfo, ...definition }: AppSpec): AppDefinition => definition;
const changed = (fields: Partial<AppDefinition>): AppDefinition => ({ ...definitionOf(BEFORE), ...fields });

describe('versions of a changed app (deployments.md §1)', () => {
  it.for([
    { kind: 'new', before: undefined, after: changed({}), restart: false, scaling: NOW, config: NOW },
    { kind: 'upgrade', before: BEFORE, after: changed({ cmd: 'sleep 1' }), restart: false, scaling: NOW, config: NOW },
    {
      kind: 'upgrade',
      before: BEFORE,
      after: changed({ cmd: 'sleep 1', instances: 5 }),
      restart: true,
      scaling: NOW,
      config: NOW,
    },
    { kind: 'scaling', before: BEFORE, after: changed({ instances: 5 }), restart: false, scaling: NOW, config: AT },
    { kind: 'scaling', before: BEFORE, after: changed({ instances: 5 }), restart: true, scaling: NOW, config: AT },
    { kind: 'restart', before: BEFORE, after: changed({}), restart: true, scaling: SCALED, config: NOW },
  ] as const)('$kind (restart asked: $restart)', ({ kind, before, after, restart, scaling, config }) => {
    expect(changeKind(before, after, restart)).toBe(kind);
    expect(versioned(before, after, NOW, restart)).toEqual({
      ...after,
      version: NOW,
      versionInfo: { lastScalingAt: scaling, lastConfigChangeAt: config },
    });
  });

  it('keeps everything when nothing differs', () => {
    expect(changeKind(BEFORE, changed({}))).toBe('none');
    expect(versioned(BEFORE, changed({}), NOW)).toEqual(BEFORE);
  });

  it('does not take a version in the definition for a difference', () => {
    expect(changeKind(BEFORE, { ...BEFORE, version: NOW } as AppDefinition)).toBe('none');
  });

  const OTHER: { readonly [Field in keyof Required<AppDefinition>]?: AppDefinition[Field] } = {
    cmd: 'true',
    args: ['a'],
    user: 'root',
    env: { A: '1' },
    resources: { cpus: 2, mem: 128, disk: 0, gpus: 0 },
    executor: '//cmd',
    constraints: [{ field: 'hostname', operator: 'UNIQUE' }],
    fetch: [{ uri: 'http://x', extract: true, executable: false, cache: false }],
    portDefinitions: [],
    requirePorts: true,
    backoff: { backoffSeconds: 2, backoffFactor: 1.15, maxLaunchDelaySeconds: 300 },
    container: { type: 'MESOS', volumes: [] },
    healthChecks: [
      {
        protocol: 'TCP',
        gracePeriodSeconds: 1,
        intervalSeconds: 1,
        timeoutSeconds: 1,
        maxConsecutiveFailures: 1,
        delaySeconds: 1,
        ipProtocol: 'IPv4',
      },
    ],
    taskKillGracePeriodSeconds: 3,
    dependencies: [resolvePathId('/db')],
    upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 1 },
    labels: { a: 'b' },
    acceptedResourceRoles: ['*'],
    networks: [{ mode: 'container/bridge', labels: {} }],
    unreachableStrategy: 'disabled',
    killSelection: 'OLDEST_FIRST',
    tty: true,
    role: 'web',
    resourceLimits: { cpus: 2 },
  };

  it.for(Object.keys(OTHER))('a change of %s replaces every instance', (field) => {
    const after = {
      ...definitionOf(BEFORE),
      ...Object.fromEntries(Object.entries(OTHER).filter(([f]) => f === field)),
    };
    expect(changeKind(BEFORE, after)).toBe('upgrade');
  });
});
