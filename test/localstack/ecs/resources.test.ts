import { describe, expect, test } from 'vitest';
import {
  containerDefinition,
  type Task,
  type TaskDefinition,
  type TaskNeed,
  type TaskOverride,
  taskOverride,
} from '../../../localstack/ecs/entities.ts';
import { freeGpus, needOf, refuse, usageOf, withOverride } from '../../../localstack/ecs/resources.ts';
import { aContainer, aTask } from './a-task.ts';

const aDefinition = (containers: object[], change: Partial<TaskDefinition> = {}): TaskDefinition => ({
  arn: 'arn',
  family: 'web',
  revision: 1,
  status: 'ACTIVE',
  networkMode: 'host',
  containerDefinitions: containers.map((each, index) =>
    containerDefinition.parse({ name: `c${index}`, image: 'i', ...each }),
  ),
  volumes: [],
  others: {},
  registeredAt: 0,
  registeredBy: 'K',
  tags: {},
  ...change,
});
const override = (value: object): TaskOverride => taskOverride.parse(value);
const none = override({});
const nothing: TaskNeed = { cpu: 0, memory: 0, gpus: 0, portsTcp: [], portsUdp: [], interfaces: 0 };
const gpu = (count: number) => ({ resourceRequirements: [{ type: 'GPU', value: String(count) }] });
const ports = [
  { containerPort: 80 },
  { containerPort: 53, hostPort: 53, protocol: 'udp' },
  { containerPort: 90, hostPort: 0 },
];

describe('what a task needs', () => {
  test.each<[string, TaskDefinition, TaskOverride, TaskNeed]>([
    ['nothing said', aDefinition([{ memory: 64 }]), none, { ...nothing, memory: 64 }],
    [
      'containers together, the reservation before the limit',
      aDefinition([
        { cpu: 10, memory: 64 },
        { cpu: 5, memory: 512, memoryReservation: 32, ...gpu(2) },
      ]),
      none,
      { ...nothing, cpu: 15, memory: 96, gpus: 2 },
    ],
    [
      'the task before its containers',
      aDefinition([{ cpu: 10, memory: 64 }], { cpu: 256, memory: 512 }),
      none,
      { ...nothing, cpu: 256, memory: 512 },
    ],
    [
      'overrides before definitions',
      aDefinition([
        { cpu: 10, memory: 64 },
        { cpu: 1, memory: 6 },
      ]),
      override({ containerOverrides: [{ name: 'c0', cpu: 100, memory: 128, ...gpu(1) }] }),
      { ...nothing, cpu: 101, memory: 134, gpus: 1 },
    ],
    [
      'task overrides before all',
      aDefinition([{ cpu: 10, memory: 64 }]),
      override({ cpu: '7', memory: '8' }),
      { ...nothing, cpu: 7, memory: 8 },
    ],
    [
      'host mode: all declared ports',
      aDefinition([{ memory: 6, portMappings: ports.slice(0, 2) }]),
      none,
      { ...nothing, memory: 6, portsTcp: [80], portsUdp: [53] },
    ],
    [
      'bridge mode: written host ports',
      aDefinition([{ memory: 6, portMappings: ports }], { networkMode: 'bridge' }),
      none,
      { ...nothing, memory: 6, portsUdp: [53] },
    ],
    [
      'awsvpc: no host ports',
      aDefinition([{ memory: 6, portMappings: ports }], { networkMode: 'awsvpc' }),
      none,
      { ...nothing, memory: 6, interfaces: 1 },
    ],
  ])('%s', (_name, definition, overrides, need) => {
    expect(needOf(definition, overrides)).toEqual(need);
  });
});

test('an override replaces the command and adds to the environment, later values last', () => {
  const definition = containerDefinition.parse({
    name: 'main',
    image: 'i',
    command: ['a'],
    environment: [{ name: 'X', value: '1' }],
  });
  const overrides = override({
    containerOverrides: [{ name: 'main', command: ['b'], environment: [{ name: 'X', value: '2' }] }],
  });
  expect(withOverride(definition, overrides)).toEqual({
    ...definition,
    command: ['b'],
    environment: [
      { name: 'X', value: '1' },
      { name: 'X', value: '2' },
    ],
  });
});

describe('whether it fits', () => {
  const registered = { cpu: 1024, memory: 1000, gpuIds: ['g0', 'g1'] };
  const live: Task[] = [
    aTask({
      need: { cpu: 1000, memory: 900, gpus: 1, portsTcp: [80], portsUdp: [53], interfaces: 2 },
      containers: [aContainer({ gpuIds: ['g0'] })],
    }),
    aTask({ lastStatus: 'STOPPED', need: { ...nothing, cpu: 24, memory: 100 } }),
  ];
  test.each<[Partial<TaskNeed>, string | undefined, string?]>([
    [{ cpu: 24, memory: 100, gpus: 1, portsTcp: [81, 53], portsUdp: [80] }, undefined],
    [{ cpu: 25 }, 'RESOURCE:CPU', '25 CPU units wanted, 24 free'],
    [{ memory: 101 }, 'RESOURCE:MEMORY', '101 MiB wanted, 100 free'],
    [{ gpus: 2 }, 'RESOURCE:GPU', '2 GPUs wanted, 1 free'],
    [{ portsTcp: [80, 22, 9] }, 'RESOURCE:PORTS', 'in use: 80/tcp, 22/tcp'],
    [{ portsUdp: [53] }, 'RESOURCE:PORTS', 'in use: 53/udp'],
    [
      { portsTcp: Array.from({ length: 93 }, (_, i) => 5000 + i) },
      'RESOURCE:PORTS',
      '8 of 100 reserved ports are held',
    ],
    [{ portsTcp: Array.from({ length: 92 }, (_, i) => 5000 + i) }, undefined],
    [{ interfaces: 1 }, undefined],
    [{ interfaces: 2 }, 'RESOURCE:ENI', '2 network interfaces wanted, 1 free'],
    [{ cpu: 25, memory: 101 }, 'RESOURCE:CPU', '25 CPU units wanted, 24 free'],
  ])('%o: %s', (need, reason, detail) => {
    const refusal = refuse(registered, usageOf(live), { ...nothing, ...need });
    expect(refusal).toEqual(reason && { reason, detail });
  });
  test('free GPUs are those that no live task holds', () => {
    expect(freeGpus(registered, usageOf(live))).toEqual(['g1']);
  });
});
