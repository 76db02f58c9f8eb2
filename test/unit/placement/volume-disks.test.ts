import { describe, expect, it, test } from 'vitest';
import type { AgentDisk, DiskShare } from '../../../lib/model/agent-disk.ts';
import type { PersistentDisk } from '../../../lib/model/app-volume.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { planSchedule } from '../../../lib/placement/plan-schedule.ts';
import { anAgent } from '../../fixtures/an-agent.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { aSnapshot, waiting } from './snapshot.ts';

const volume = (type: PersistentDisk['type'], size: number, more: Partial<PersistentDisk> = {}): PersistentDisk => ({
  type,
  size,
  constraints: [],
  ...more,
});
const disk = (type: AgentDisk['type'], path: string, size: number, profile?: string): AgentDisk => ({
  type,
  path,
  size,
  ...(profile !== undefined && { profile }),
});
const withVolumes = (...volumes: readonly PersistentDisk[]): AppSpec =>
  anApp({
    container: {
      type: 'MESOS',
      volumes: volumes.map((persistent, index) => ({
        kind: 'persistent',
        containerPath: `v${index}`,
        mode: 'RW',
        persistent,
      })),
    },
  });

function plan(
  volumes: readonly PersistentDisk[],
  disks: readonly AgentDisk[],
  held: readonly DiskShare[] = [],
  count = 1,
) {
  const agent = anAgent({ facts: { disks }, held: [{ resources: NO_RESOURCES, hostPorts: [], disks: held }] });
  const { placements, unplaced } = planSchedule(aSnapshot([agent], waiting(withVolumes(...volumes), count)));
  return {
    shares: placements.map((placement) => placement.disks),
    refusal: unplaced[0]?.refusals.list().map(({ rule, reason, detail }) => ({ rule, reason, detail }))[0],
  };
}
const refusedFor = (detail: Readonly<Record<string, unknown>>) => ({
  shares: [],
  refusal: { rule: 'volume-disks', reason: 'InsufficientDisk', detail },
});

const constraint = (operator: 'LIKE' | 'UNLIKE', value: string) => ({
  constraints: [{ field: 'path', operator, value }],
});

describe('volumes of type path (scheduling.md §3, disk types)', () => {
  test.each<readonly [name: string, volumes: readonly PersistentDisk[], disks: readonly AgentDisk[], DiskShare[]]>([
    [
      'the disk with the most left',
      [volume('path', 50)],
      [disk('path', '/a', 100), disk('path', '/b', 200)],
      [{ path: '/b', size: 50 }],
    ],
    ['all of it', [volume('path', 100)], [disk('path', '/a', 100)], [{ path: '/a', size: 100 }]],
    [
      'of two as large, the first by name',
      [volume('path', 50)],
      [disk('path', '/b', 100), disk('path', '/a', 100)],
      [{ path: '/a', size: 50 }],
    ],
    [
      'the largest is served first, the answer is in the order of the volumes',
      [volume('path', 50), volume('path', 150)],
      [disk('path', '/a', 100), disk('path', '/b', 160)],
      [
        { path: '/a', size: 50 },
        { path: '/b', size: 150 },
      ],
    ],
    [
      'two on one disk',
      [volume('path', 60), volume('path', 40)],
      [disk('path', '/a', 100)],
      [
        { path: '/a', size: 60 },
        { path: '/a', size: 40 },
      ],
    ],
  ])('%s', (_name, volumes, disks, shares) => {
    expect(plan(volumes, disks)).toEqual({ shares: [shares], refusal: undefined });
  });

  it('never take a mount', () => {
    expect(plan([volume('path', 50)], [disk('mount', '/m', 100)])).toEqual(
      refusedFor({ type: 'path', needed: 50, free: 0 }),
    );
  });

  it('find what claims have left', () => {
    expect(plan([volume('path', 60)], [disk('path', '/a', 100)], [{ path: '/a', size: 50 }])).toEqual(
      refusedFor({ type: 'path', needed: 60, free: 50 }),
    );
  });

  it('are told what the larger ones of the same instance left', () => {
    expect(plan([volume('path', 60), volume('path', 60)], [disk('path', '/a', 100)])).toEqual(
      refusedFor({ type: 'path', needed: 60, free: 40 }),
    );
  });

  it('share a disk until it is full', () => {
    expect(plan([volume('path', 40)], [disk('path', '/a', 100)], [], 3)).toEqual({
      shares: [[{ path: '/a', size: 40 }], [{ path: '/a', size: 40 }]],
      refusal: { rule: 'volume-disks', reason: 'InsufficientDisk', detail: { type: 'path', needed: 40, free: 20 } },
    });
  });
});

describe('volumes of type mount', () => {
  test.each<readonly [name: string, volumes: readonly PersistentDisk[], disks: readonly AgentDisk[], DiskShare[]]>([
    [
      'the smallest disk that is large enough, as a whole',
      [volume('mount', 50)],
      [disk('mount', '/a', 200), disk('mount', '/b', 80), disk('mount', '/c', 40)],
      [{ path: '/b', size: 80 }],
    ],
    ['up to maxSize', [volume('mount', 50, { maxSize: 80 })], [disk('mount', '/b', 80)], [{ path: '/b', size: 80 }]],
    [
      'one each',
      [volume('mount', 50), volume('mount', 50)],
      [disk('mount', '/a', 100), disk('mount', '/b', 200)],
      [
        { path: '/a', size: 100 },
        { path: '/b', size: 200 },
      ],
    ],
  ])('%s', (_name, volumes, disks, shares) => {
    expect(plan(volumes, disks)).toEqual({ shares: [shares], refusal: undefined });
  });

  test.each<
    readonly [name: string, volume: PersistentDisk, disks: readonly AgentDisk[], held: DiskShare[], free: number]
  >([
    ['smaller', volume('mount', 50), [disk('mount', '/a', 49)], [], 49],
    ['larger than maxSize', volume('mount', 50, { maxSize: 80 }), [disk('mount', '/a', 81)], [], 0],
    ['a path', volume('mount', 50), [disk('path', '/a', 100)], [], 0],
    ['taken', volume('mount', 50), [disk('mount', '/a', 100)], [{ path: '/a', size: 100 }], 0],
    [
      'taken by a volume that has not grown with it',
      volume('mount', 50),
      [disk('mount', '/a', 200)],
      [{ path: '/a', size: 100 }],
      0,
    ],
  ])('not a disk that is %s', (_name, wish, disks, held, free) => {
    expect(plan([wish], disks, held)).toEqual(refusedFor({ type: 'mount', needed: 50, free }));
  });
});

describe('profiles', () => {
  test.each<readonly [wanted: string | undefined, offered: string | undefined, fits: boolean]>([
    ['fast', 'fast', true],
    ['fast', 'slow', false],
    ['fast', undefined, false],
    [undefined, 'fast', false],
    [undefined, undefined, true],
  ])('%s on a disk with %s: %s', (wanted, offered, fits) => {
    const wish = volume('mount', 50, wanted === undefined ? {} : { profileName: wanted });
    const { shares, refusal } = plan([wish], [disk('mount', '/a', 100, offered)]);
    expect(shares).toEqual(fits ? [[{ path: '/a', size: 100 }]] : []);
    if (!fits)
      expect(refusal?.detail).toEqual({ type: 'mount', needed: 50, free: 0, ...(wanted && { profile: wanted }) });
  });
});

describe('constraints on volumes (scheduling.md §2.7)', () => {
  const disks = [disk('path', '/mnt/a', 100), disk('path', '/mnt/b', 200)];
  test.each<readonly [operator: 'LIKE' | 'UNLIKE', pattern: string, path: string | undefined]>([
    ['LIKE', '/mnt/a', '/mnt/a'],
    ['LIKE', '/mnt/[ab]', '/mnt/b'],
    ['LIKE', '/mnt', undefined],
    ['LIKE', '', undefined],
    ['UNLIKE', '/mnt/b', '/mnt/a'],
    ['UNLIKE', '/.*', undefined],
    ['UNLIKE', '', undefined],
  ])('%s %s: %s', (operator, pattern, path) => {
    const { shares } = plan([volume('path', 50, constraint(operator, pattern))], disks);
    expect(shares).toEqual(path === undefined ? [] : [[{ path, size: 50 }]]);
  });
});

describe('volumes of type root', () => {
  const resources = { cpus: 0.1, mem: 32, disk: 100, gpus: 0 };
  it('are part of the disk that an instance takes', () => {
    const app = { ...withVolumes(volume('root', 300), volume('root', 50)), resources };
    const { placements } = planSchedule(aSnapshot([anAgent()], waiting(app)));
    expect(placements.map((placement) => [placement.resources, placement.disks])).toEqual([
      [{ ...resources, disk: 450 }, undefined],
    ]);
  });

  it('need no other disk, and find none there', () => {
    const agent = anAgent({
      facts: { registered: { cpus: 4, mem: 8_192, disk: 399, gpus: 0 }, disks: [disk('path', '/a', 1_000)] },
    });
    const app = { ...withVolumes(volume('root', 300)), resources };
    const [unplaced] = planSchedule(aSnapshot([agent], waiting(app))).unplaced;
    expect(unplaced?.refusals.list().map(({ rule, detail }) => [rule, detail])).toEqual([
      ['disk', { needed: 400, free: 399 }],
    ]);
  });
});

it('an agent that has no such disk is refused', () => {
  const [unplaced] = planSchedule(aSnapshot([anAgent()], waiting(withVolumes(volume('path', 1))))).unplaced;
  expect(unplaced?.refusals.byRule).toEqual({ 'volume-disks': 1 });
});
