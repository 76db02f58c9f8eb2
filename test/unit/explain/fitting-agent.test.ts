import { expect, test } from 'vitest';
import { fittingAgentText } from '../../../lib/explain/fitting-agent.ts';
import type { AppVolume } from '../../../lib/model/app-volume.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { anApp } from '../../fixtures/an-app.ts';

const persistent = (type: 'root' | 'path' | 'mount', size: number, profileName?: string): AppVolume => ({
  kind: 'persistent',
  containerPath: `${type}-${size}`,
  mode: 'RW',
  persistent: { type, size, constraints: [], ...(profileName !== undefined && { profileName }) },
});
const external = (name: string): AppVolume => ({
  kind: 'external',
  containerPath: name,
  mode: 'RW',
  external: { provider: 'dvdi', name, options: {}, shared: false },
});
const withVolumes = (...volumes: readonly AppVolume[]): Partial<AppSpec> => ({ container: { type: 'MESOS', volumes } });
const inOwnNetwork: Partial<AppSpec> = { networks: [{ mode: 'container', name: 'dcos', labels: {} }] };
const fixedPort: Partial<AppSpec> = {
  requirePorts: true,
  portDefinitions: [{ port: 80, protocol: 'tcp', labels: {} }],
};

test.each<readonly [app: Partial<AppSpec>, zones: readonly string[], text: string]>([
  [{}, [], 'another agent, with 0.5 cpus and 100 MiB disk free'],
  [{ resources: NO_RESOURCES }, [], 'another agent'],
  [fixedPort, [], 'another agent, with 0.5 cpus, 100 MiB disk and host port 80 free'],
  [withVolumes(persistent('root', 20)), [], 'another agent, with 0.5 cpus and 120 MiB disk free'],
  [
    withVolumes(persistent('path', 7), persistent('mount', 9, 'fast')),
    [],
    'another agent, with 0.5 cpus, 100 MiB disk, 7 MiB of a path disk and 9 MiB of a mount disk with profile fast free',
  ],
  [
    { ...withVolumes(external('a'), external('b')), ...inOwnNetwork },
    ['z1'],
    'another agent, in zone z1, where a volume is, with 0.5 cpus, 100 MiB disk, a network interface for the task and 2 attachments of volumes free',
  ],
])('%j in %j: %s', (app, zones, text) => {
  const resources = { cpus: 0.5, mem: 0, disk: 100, gpus: 0 };
  expect(fittingAgentText(anApp({ resources, portDefinitions: [], ...app }), zones)).toBe(text);
});
