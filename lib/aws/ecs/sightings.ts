import * as z from 'zod';
import type { AgentSighting } from '../../gateways/cluster.ts';
import type { AgentHeard, AgentStatus } from '../../model/agent.ts';
import type { AgentDisk } from '../../model/agent-disk.ts';
import { contentHash } from '../../model/content-hash.ts';
import type { AgentId, ContainerInstanceArn, LaunchId, TaskArn } from '../../model/ids.ts';
import type { PortRange, Resources } from '../../model/resources.ts';
import type { Slots } from '../../model/slots.ts';
import type { TaskSighting } from '../../model/task.ts';
import type { Instant } from '../../model/timestamp.ts';

/** Times are ISO text in events and dates in answers; events come by the thousand, so their form is tried first. */
const time = z.union([z.iso.datetime({ offset: true }), z.date()]).transform((value) => new Date(value).getTime());

/** The fields of a task that matter here; others may appear at any time (aws.md §2). */
const taskSchema = z.object({
  taskArn: z.string(),
  startedBy: z.string().optional(),
  group: z.string().optional(),
  containerInstanceArn: z.string().optional(),
  version: z.number(),
  lastStatus: z.string(),
  desiredStatus: z.string(),
  stopCode: z.string().optional(),
  stoppedReason: z.string().optional(),
  healthStatus: z.enum(['HEALTHY', 'UNHEALTHY', 'UNKNOWN']).optional(),
  createdAt: time.optional(),
  startedAt: time.optional(),
  stoppedAt: time.optional(),
  containers: z
    .array(
      z.object({
        exitCode: z.number().optional(),
        reason: z.string().optional(),
        networkBindings: z
          .array(z.object({ containerPort: z.number().optional(), hostPort: z.number().optional() }))
          .optional(),
      }),
    )
    .optional(),
});

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });

/** Reads a task from an ECS answer or from the `detail` of an "ECS Task State Change" event. Throws on other shapes. */
export function toTaskSighting(task: unknown): TaskSighting {
  const read = taskSchema.parse(task);
  const containers = read.containers ?? [];
  const bindings = containers
    .flatMap((container) => container.networkBindings ?? [])
    .flatMap(({ containerPort, hostPort }) =>
      containerPort === undefined || hostPort === undefined ? [] : [{ containerPort, hostPort }],
    );
  return {
    arn: read.taskArn as TaskArn,
    launch: read.startedBy as LaunchId | undefined,
    group: read.group,
    containerInstance: read.containerInstanceArn as ContainerInstanceArn | undefined,
    version: read.version,
    lastStatus: read.lastStatus,
    desiredStatus: read.desiredStatus,
    bindings,
    ...optional('stopCode', read.stopCode),
    ...optional('stoppedReason', read.stoppedReason),
    ...optional('exitCode', containers[0]?.exitCode),
    ...optional('containerReason', containers[0]?.reason),
    ...optional('healthStatus', read.healthStatus),
    ...optional<'createdAt', Instant>('createdAt', read.createdAt),
    ...optional<'startedAt', Instant>('startedAt', read.startedAt),
    ...optional<'stoppedAt', Instant>('stoppedAt', read.stoppedAt),
  };
}

const resourceSchema = z.object({
  name: z.string(),
  integerValue: z.number().optional(),
  stringSetValue: z.array(z.string()).optional(),
});

const containerInstanceSchema = z.object({
  containerInstanceArn: z.string(),
  ec2InstanceId: z.string().optional(),
  version: z.number(),
  status: z.string(),
  agentConnected: z.boolean(),
  registeredResources: z.array(resourceSchema),
  remainingResources: z.array(resourceSchema),
  attributes: z.array(z.object({ name: z.string(), value: z.string().optional() })).optional(),
  tags: z.array(z.object({ key: z.string().optional(), value: z.string().optional() })).optional(),
});

/** Disk of an agent that does not say (ECS has no disk resource), in MiB. */
const DEFAULT_DISK = 20_480;
/** Mesos' port range, below Linux's ephemeral ports (aws.md §1.5). */
const DEFAULT_PORTS: readonly PortRange[] = [{ begin: 31_000, end: 32_000 }];
/** The agent can give tasks network interfaces of their own (awsvpc). */
const TASK_INTERFACES = 'ecs.capability.task-eni';
const DISK = /^(path|mount):(\/[^:]*):(\d{1,12})(?::([^:]+))?$/;
/** `*` cannot be written in a tag's value. */
const ANY_ROLE = 'any';

function toResources(entries: readonly z.infer<typeof resourceSchema>[], disk: number): Resources {
  const integer = (name: string): number => entries.find((entry) => entry.name === name)?.integerValue ?? 0;
  const gpus = entries.find((entry) => entry.name === 'GPU')?.stringSetValue?.length ?? 0;
  return { cpus: integer('CPU') / 1024, mem: integer('MEMORY'), disk, gpus };
}

function toPortRanges(text: string | undefined): readonly PortRange[] {
  if (text === undefined) return DEFAULT_PORTS;
  return text
    .split(' ')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [begin, end = begin] = part.split('-').map(Number);
      return begin === undefined || end === undefined || !Number.isInteger(begin) || !Number.isInteger(end)
        ? []
        : [{ begin, end }];
    });
}

/** `mount:/mnt/ssd:102400:fast path:/data:204800`: type, path, MiB and profile of each disk; what is not one is left out. */
function toDisks(text: string | undefined): readonly AgentDisk[] {
  const words = (text ?? '').split(' ').filter((word) => word !== '');
  return words.flatMap((word) => {
    const [, type, path = '', size, profile] = DISK.exec(word) ?? [];
    if (type !== 'path' && type !== 'mount') return [];
    return [{ type, path, size: Number(size), ...optional('profile', profile) }];
  });
}

/** Of what ECS says by no number; a task's own network interface needs the agent to be able to give one. */
function toSlots(attributes: ReadonlyMap<string, string>, tags: ReadonlyMap<string, string>): Partial<Slots> {
  const counted = (name: string): number | undefined => {
    const text = tags.get(`stride:${name}`) ?? attributes.get(`stride.${name}`);
    return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : undefined;
  };
  const interfaces = attributes.has(TASK_INTERFACES) ? counted('task-interfaces') : 0;
  return { ...optional('interfaces', interfaces), ...optional('attachments', counted('volume-attachments')) };
}

const toStatus = (status: string): AgentStatus => (status === 'ACTIVE' || status === 'DRAINING' ? status : 'INACTIVE');

/**
 * Reads a container instance. Attributes: ECS built-ins < custom attributes < instance tags. Tags `stride:roles`
 * (space separated, `any` for `*`), `stride:disk` (MiB), `stride:disks` (`toDisks`), `stride:ports` (ranges),
 * `stride:task-interfaces` and `stride:volume-attachments` (`toSlots`) say what ECS has no field for.
 */
export function toAgentSighting(containerInstance: unknown): AgentSighting {
  const read = containerInstanceSchema.parse(containerInstance);
  const tags = new Map((read.tags ?? []).map(({ key, value }) => [key ?? '', value ?? '']));
  const attributes = new Map((read.attributes ?? []).map(({ name, value }) => [name, value ?? '']));
  const disk = Number(tags.get('stride:disk') ?? attributes.get('stride.disk') ?? DEFAULT_DISK);
  const roles = (tags.get('stride:roles') ?? attributes.get('stride.roles') ?? ANY_ROLE).split(' ');
  const disks = toDisks(tags.get('stride:disks') ?? attributes.get('stride.disks'));
  const slots = toSlots(attributes, tags);
  const userTags = [...tags].filter(([key]) => !key.startsWith('stride:') && !key.startsWith('aws:'));
  const [, , , region = ''] = read.containerInstanceArn.split(':');
  return {
    id: (read.ec2InstanceId ?? read.containerInstanceArn) as AgentId,
    arn: read.containerInstanceArn as ContainerInstanceArn,
    version: read.version,
    status: toStatus(read.status),
    connected: read.agentConnected,
    registered: toResources(read.registeredResources, disk),
    remaining: toResources(read.remainingResources, disk),
    ports: toPortRanges(tags.get('stride:ports') ?? attributes.get('stride.ports')),
    attributes: Object.fromEntries([...attributes, ...userTags]),
    ...(disks.length > 0 && { disks }),
    ...(Object.keys(slots).length > 0 && { slots }),
    roles: roles.filter((role) => role !== '').map((role) => (role === ANY_ROLE ? '*' : role)),
    region,
    ...optional('zone', attributes.get('ecs.availability-zone')),
  };
}

/** What an "ECS Container Instance State Change" event says, without tags and host, which it does not carry. */
export function toContainerInstanceNews(detail: unknown): AgentHeard {
  const { ec2InstanceId, containerInstanceArn, version, status, agentConnected, registeredResources, attributes } =
    containerInstanceSchema.parse(detail);
  return {
    agent: (ec2InstanceId ?? containerInstanceArn) as AgentId,
    version,
    digest: contentHash({ status, agentConnected, registeredResources, attributes }),
  };
}
