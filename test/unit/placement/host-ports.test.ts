import { describe, expect, test } from 'vitest';
import type { PortRange } from '../../../lib/model/resources.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { AppSpec, PortDefinition, PortMapping } from '../../../lib/model/run-spec.ts';
import { planSchedule } from '../../../lib/placement/plan-schedule.ts';
import { anAgent } from '../../fixtures/an-agent.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { aSnapshot, waiting } from './snapshot.ts';

const defined = (...ports: number[]): PortDefinition[] => ports.map((port) => ({ port, protocol: 'tcp', labels: {} }));

function mapped(...hostPorts: (number | undefined)[]): Pick<AppSpec, 'container' | 'portDefinitions'> {
  const portMappings: PortMapping[] = hostPorts.map((hostPort, index) => ({
    containerPort: 80 + index,
    servicePort: 0,
    protocol: 'tcp',
    labels: {},
    networkNames: [],
    ...(hostPort !== undefined && { hostPort }),
  }));
  return { container: { type: 'DOCKER', volumes: [], portMappings }, portDefinitions: defined(9_000) };
}

interface Ports {
  readonly ranges?: readonly PortRange[];
  readonly taken?: readonly number[];
}

function plan(app: Partial<AppSpec>, { ranges = [{ begin: 31_000, end: 31_009 }], taken = [] }: Ports = {}, count = 1) {
  const held = [{ resources: NO_RESOURCES, hostPorts: taken }];
  return planSchedule(aSnapshot([anAgent({ facts: { ports: ranges }, held })], waiting(anApp(app), count)));
}

const portsOf = (...given: Parameters<typeof plan>) => plan(...given).placements.map(({ hostPorts }) => hostPorts);
const refusalOf = (...given: Parameters<typeof plan>) => plan(...given).unplaced[0]?.refusals.list()[0]?.detail;

describe('fixed host ports (scheduling.md §3.1)', () => {
  test.each<readonly [name: string, app: Partial<AppSpec>, ports: readonly number[]]>([
    ['no ports at all', { portDefinitions: [] }, []],
    ['no ports, though required', { portDefinitions: [], requirePorts: true }, []],
    ['mapping without host port', mapped(undefined), []],
    ['mapping with a number', mapped(31_005), [31_005]],
    ['mappings decide alone, whatever requirePorts says', { ...mapped(31_001), requirePorts: true }, [31_001]],
    [
      'requirePorts: in the order of the definitions',
      { portDefinitions: defined(31_002, 31_001), requirePorts: true },
      [31_002, 31_001],
    ],
    ['outside the range of the agent (design §6)', { portDefinitions: defined(80), requirePorts: true }, [80]],
    ['asked twice by one instance, as tcp and udp', mapped(53, 53), [53, 53]],
  ])('%s', (_, app, ports) => expect(portsOf(app)).toEqual([ports]));

  test('belongs to whoever takes it first on the agent', () => {
    const app = { portDefinitions: defined(8_080), requirePorts: true };
    expect(portsOf(app, {}, 2)).toEqual([[8_080]]);
    expect(refusalOf(app, {}, 2)).toEqual({ port: 8_080 });
    expect(refusalOf(app, { taken: [8_080] })).toEqual({ port: 8_080 });
  });
});

describe('dynamic host ports (scheduling.md §3.1)', () => {
  test.each<readonly [name: string, app: Partial<AppSpec>, count: number]>([
    ['one per definition, whatever its number', { portDefinitions: defined(0, 80, 10_000) }, 3],
    ['one per mapping with host port 0', mapped(0, undefined, 0), 2],
    ['as many as there are', { portDefinitions: defined(...Array.from({ length: 10 }, () => 0)) }, 10],
  ])('%s', (_, app, count) => {
    const [ports = []] = portsOf(app);
    expect(ports).toHaveLength(count);
    expect(new Set(ports).size).toBe(count);
    expect(ports.every((port) => port >= 31_000 && port <= 31_009)).toBe(true);
  });

  test('are consecutive around the ring of the ranges', () => {
    const ranges = [
      { begin: 31_000, end: 31_004 },
      { begin: 32_000, end: 32_004 },
    ];
    const ring = [31_000, 31_001, 31_002, 31_003, 31_004, 32_000, 32_001, 32_002, 32_003, 32_004];
    const [ports = []] = portsOf({ portDefinitions: defined(0, 0, 0, 0, 0, 0, 0, 0, 0, 0) }, { ranges });
    const start = ring.indexOf(ports[0] ?? 0);
    expect(ports).toEqual([...ring.slice(start), ...ring.slice(0, start)]);
  });

  test('skip what is taken and the fixed ports of the same request, and keep the order of the request', () => {
    const taken = [31_000, 31_001, 31_002, 31_003, 31_004, 31_005, 31_006];
    const [ports = []] = portsOf(mapped(0, 31_008, 0), { taken });
    expect(ports[1]).toBe(31_008);
    expect([ports[0], ports[2]].sort()).toEqual([31_007, 31_009]);
  });

  test('a port that two ranges name is one port', () => {
    const ranges = [
      { begin: 31_001, end: 31_003 },
      { begin: 31_002, end: 31_004 },
    ];
    const [ports = []] = portsOf({ portDefinitions: defined(0, 0, 0, 0) }, { ranges });
    expect(ports.toSorted()).toEqual([31_001, 31_002, 31_003, 31_004]);
    expect(refusalOf({ portDefinitions: defined(0, 0, 0, 0, 0) }, { ranges })).toEqual({ needed: 5, free: 4 });
  });

  test('too few: says how many there are', () => {
    expect(
      refusalOf({ portDefinitions: defined(0, 0, 0) }, { taken: [31_002], ranges: [{ begin: 31_001, end: 31_003 }] }),
    ).toEqual({
      needed: 3,
      free: 2,
    });
    expect(refusalOf({ portDefinitions: defined(0) }, { ranges: [] })).toEqual({ needed: 1, free: 0 });
    const three = { ranges: [{ begin: 31_001, end: 31_003 }] };
    expect(refusalOf(mapped(31_002, 0, 0, 0), three)).toEqual({ needed: 3, free: 2 });
    expect(refusalOf(mapped(80, 0, 0, 0), three)).toBeUndefined();
  });

  test('a relaunch of an instance begins elsewhere, the same launch at the same place', () => {
    const [launch] = waiting(anApp());
    if (launch === undefined) throw new Error('nothing waits');
    const portAt = (incarnation: number) =>
      planSchedule(aSnapshot([anAgent()], [{ ...launch, instance: { ...launch.instance, incarnation } }])).placements[0]
        ?.hostPorts[0];
    const ports = Array.from({ length: 50 }, (_, incarnation) => portAt(incarnation));
    expect(ports).toEqual(Array.from({ length: 50 }, (_, incarnation) => portAt(incarnation)));
    expect(new Set(ports).size).toBeGreaterThan(40);
  });
});
