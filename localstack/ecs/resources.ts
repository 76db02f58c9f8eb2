import type {
  ContainerDefinition,
  ContainerInstance,
  Task,
  TaskDefinition,
  TaskNeed,
  TaskOverride,
} from './entities.ts';

/** Ports that the ECS agent and its machine keep for themselves: ssh, Docker, the agent (aws.md §1.5). */
const AGENT_PORTS = [22, 2375, 2376, 51678, 51679, 51680];

/** ECS: reserved ports that one container instance can hold, the agent's own included. */
const MAX_RESERVED_PORTS = 100;

/** Network interfaces that a local machine has for tasks: four, less its own (aws.md §1.3, `RESOURCE:ENI`). */
const TASK_INTERFACES = 3;

export interface Usage {
  readonly cpu: number;
  readonly memory: number;
  readonly gpuIds: readonly string[];
  readonly portsTcp: readonly number[];
  readonly portsUdp: readonly number[];
  readonly interfaces: number;
}

export interface Refusal {
  readonly reason: 'RESOURCE:CPU' | 'RESOURCE:MEMORY' | 'RESOURCE:GPU' | 'RESOURCE:PORTS' | 'RESOURCE:ENI';
  readonly detail: string;
}

/** What a task of this definition takes: task-level figures where given, else the sum over its containers. */
export function needOf(definition: TaskDefinition, overrides: TaskOverride): TaskNeed {
  const containers = definition.containerDefinitions.map((each) => withOverride(each, overrides));
  const cpu = overrides.cpu === undefined ? definition.cpu : Number(overrides.cpu);
  const memory = overrides.memory === undefined ? definition.memory : Number(overrides.memory);
  return {
    cpu: cpu ?? sum(containers.map((each) => each.cpu)),
    memory: memory ?? sum(containers.map((each) => each.memoryReservation ?? each.memory ?? 0)),
    gpus: sum(containers.map(gpusOf)),
    portsTcp: staticPorts(definition, 'tcp'),
    portsUdp: staticPorts(definition, 'udp'),
    interfaces: definition.networkMode === 'awsvpc' ? 1 : 0,
  };
}

/** A container definition as a launch with these overrides runs it. Environment: the override's values win by name. */
export function withOverride(definition: ContainerDefinition, overrides: TaskOverride): ContainerDefinition {
  const override = overrides.containerOverrides.find((each) => each.name === definition.name);
  if (override === undefined) return definition;
  const given = Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
  return { ...definition, ...given, environment: [...definition.environment, ...(override.environment ?? [])] };
}

export function gpusOf(container: ContainerDefinition): number {
  const gpus = container.resourceRequirements?.filter((each) => each.type === 'GPU') ?? [];
  return sum(gpus.map((each) => Number(each.value)));
}

/** What the tasks of a container instance hold together; stopped ones hold nothing. */
export function usageOf(tasks: Iterable<Task>): Usage {
  let [cpu, memory, interfaces] = [0, 0, 0];
  const gpuIds: string[] = [];
  const portsTcp = [...AGENT_PORTS];
  const portsUdp: number[] = [];
  for (const { lastStatus, need, containers } of tasks) {
    if (lastStatus === 'STOPPED') continue;
    cpu += need.cpu;
    memory += need.memory;
    interfaces += need.interfaces;
    for (const container of containers) gpuIds.push(...container.gpuIds);
    portsTcp.push(...need.portsTcp);
    portsUdp.push(...need.portsUdp);
  }
  return { cpu, memory, gpuIds, portsTcp, portsUdp, interfaces };
}

/** GPUs that no task holds. */
export function freeGpus(registered: ContainerInstance['registered'], usage: Usage): readonly string[] {
  return registered.gpuIds.filter((id) => !usage.gpuIds.includes(id));
}

/** Why the need does not fit beside what is used; undefined when it fits. */
export function refuse(registered: ContainerInstance['registered'], usage: Usage, need: TaskNeed): Refusal | undefined {
  const short = (what: string, wanted: number, free: number) => `${wanted} ${what} wanted, ${free} free`;
  const cpu = registered.cpu - usage.cpu;
  if (need.cpu > cpu) return { reason: 'RESOURCE:CPU', detail: short('CPU units', need.cpu, cpu) };
  const memory = registered.memory - usage.memory;
  if (need.memory > memory) return { reason: 'RESOURCE:MEMORY', detail: short('MiB', need.memory, memory) };
  const gpus = freeGpus(registered, usage).length;
  if (need.gpus > gpus) return { reason: 'RESOURCE:GPU', detail: short('GPUs', need.gpus, gpus) };
  const interfaces = TASK_INTERFACES - usage.interfaces;
  if (need.interfaces > interfaces) {
    return { reason: 'RESOURCE:ENI', detail: short('network interfaces', need.interfaces, interfaces) };
  }
  return refusePorts(usage, need);
}

function refusePorts(usage: Usage, need: TaskNeed): Refusal | undefined {
  const taken = [
    ...need.portsTcp.filter((port) => usage.portsTcp.includes(port)).map((port) => `${port}/tcp`),
    ...need.portsUdp.filter((port) => usage.portsUdp.includes(port)).map((port) => `${port}/udp`),
  ];
  if (taken.length > 0) return { reason: 'RESOURCE:PORTS', detail: `in use: ${taken.join(', ')}` };
  const wanted = need.portsTcp.length + need.portsUdp.length;
  const held = usage.portsTcp.length + usage.portsUdp.length;
  if (wanted === 0 || held + wanted <= MAX_RESERVED_PORTS) return undefined;
  return { reason: 'RESOURCE:PORTS', detail: `${held} of ${MAX_RESERVED_PORTS} reserved ports are held` };
}

/** Host ports known before the start: all of host mode, those written down in bridge mode (aws.md §1.5). */
function staticPorts(definition: TaskDefinition, protocol: 'tcp' | 'udp'): number[] {
  const mappings = definition.containerDefinitions.flatMap((each) => each.portMappings);
  const ports = mappings.filter((each) => each.protocol === protocol).map((each) => hostPort(definition, each));
  return ports.filter((port) => port !== 0);
}

function hostPort({ networkMode }: TaskDefinition, mapping: ContainerDefinition['portMappings'][number]): number {
  if (networkMode === 'host') return mapping.hostPort ?? mapping.containerPort ?? 0;
  return networkMode === 'awsvpc' || networkMode === 'none' ? 0 : (mapping.hostPort ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
