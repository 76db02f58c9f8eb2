import * as z from 'zod';

/** What ECS remembers. Stored as JSON and checked on the way back in; times are epoch milliseconds. */

const text = z.record(z.string(), z.string());

const instant = z.number();

const portMapping = z.looseObject({
  containerPort: z.int().min(0).max(65535).optional(),
  hostPort: z.int().min(0).max(65535).optional(),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
});

const keyValue = z.object({ name: z.string(), value: z.string().default('') });

const resourceRequirement = z.object({ type: z.string(), value: z.string() });

/** ECS's bounds and defaults, in seconds (aws.md §1.6). */
const healthCheck = z.strictObject({
  command: z
    .array(z.string())
    .min(2, 'needs CMD or CMD-SHELL and what to run')
    .refine(([kind]) => kind === 'CMD' || kind === 'CMD-SHELL', 'must begin with CMD or CMD-SHELL'),
  interval: z.int().min(5).max(300).default(30),
  timeout: z.int().min(2).max(60).default(5),
  retries: z.int().min(1).max(10).default(3),
  startPeriod: z.int().min(0).max(300).optional(),
});

/** Fields that the local cloud acts on; all others are kept and shown as they came. */
export const containerDefinition = z.looseObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'must be up to 255 letters, digits, _ and -'),
  image: z.string().min(1),
  cpu: z.int().nonnegative().default(0),
  memory: z.int().min(6, 'is at least 6 MiB').optional(),
  memoryReservation: z.int().min(6, 'is at least 6 MiB').optional(),
  essential: z.boolean().default(true),
  entryPoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.array(keyValue).default([]),
  portMappings: z.array(portMapping).default([]),
  mountPoints: z.array(z.looseObject({ sourceVolume: z.string(), containerPath: z.string() })).default([]),
  volumesFrom: z.array(z.looseObject({})).default([]),
  resourceRequirements: z.array(resourceRequirement).optional(),
  dockerLabels: text.optional(),
  stopTimeout: z.int().nonnegative().optional(),
  healthCheck: healthCheck.optional(),
});

const placementConstraint = z.strictObject({
  type: z.enum(['memberOf', 'distinctInstance']),
  expression: z.string().max(2000).optional(),
});

/** ECS: of a call and its task definition together (aws.md §1.1). */
export const placementConstraints = z.array(placementConstraint).max(10).default([]);

export const taskDefinition = z.object({
  arn: z.string(),
  family: z.string(),
  revision: z.int(),
  status: z.enum(['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS']),
  networkMode: z.enum(['bridge', 'host', 'awsvpc', 'none']).optional(),
  cpu: z.int().optional(),
  memory: z.int().optional(),
  containerDefinitions: z.array(containerDefinition),
  volumes: z.array(z.looseObject({ name: z.string() })),
  /** Fields that are only kept and shown. */
  others: z.record(z.string(), z.unknown()),
  registeredAt: instant,
  registeredBy: z.string(),
  deregisteredAt: instant.optional(),
  deleteRequestedAt: instant.optional(),
  tags: text,
});

/** The last revision given: numbers of deleted revisions do not come again. */
export const family = z.object({ name: z.string(), lastRevision: z.int() });

export const cluster = z.object({ name: z.string(), arn: z.string(), tags: text });

export const containerInstance = z.object({
  arn: z.string(),
  cluster: z.string(),
  ec2InstanceId: z.string(),
  host: z.string(),
  zone: z.string(),
  status: z.enum(['ACTIVE', 'DRAINING', 'INACTIVE']),
  /** False: an agents list named it. True: `agent add` did, and it stays over restarts. */
  added: z.boolean(),
  agentConnected: z.boolean(),
  /** When that last changed. */
  connectivityAt: instant.optional(),
  /** False after `agent kill`: the machine is gone, not just its agent's connection. */
  machineRunning: z.boolean(),
  /** ECS units: 1024 per vCPU, MiB, device ids. */
  registered: z.object({ cpu: z.int(), memory: z.int(), gpuIds: z.array(z.string()) }),
  /** Built-in and custom; a null value is an attribute without one. */
  attributes: z.record(z.string(), z.string().nullable()),
  tags: text,
  version: z.int(),
  registeredAt: instant,
});

const networkBinding = z.object({
  bindIP: z.string(),
  containerPort: z.int(),
  hostPort: z.int(),
  protocol: z.string(),
});

export const container = z.object({
  name: z.string(),
  arn: z.string(),
  image: z.string(),
  essential: z.boolean(),
  lastStatus: z.enum(['PENDING', 'RUNNING', 'STOPPED']),
  cpu: z.int(),
  memory: z.int().optional(),
  memoryReservation: z.int().optional(),
  gpuIds: z.array(z.string()),
  runtimeId: z.string().optional(),
  exitCode: z.int().optional(),
  reason: z.string().optional(),
  networkBindings: z.array(networkBinding),
  /** What its health check found last; ECS shows UNKNOWN before. */
  healthStatus: z.enum(['HEALTHY', 'UNHEALTHY']).optional(),
});

/** `ContainerOverride`, as far as the local cloud acts on it; strict, so that no override is lost in silence. */
const containerOverride = z.strictObject({
  name: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.array(keyValue).optional(),
  cpu: z.int().nonnegative().optional(),
  memory: z.int().min(6).optional(),
  memoryReservation: z.int().min(6).optional(),
  resourceRequirements: z.array(resourceRequirement).optional(),
});

export const taskOverride = z.strictObject({
  containerOverrides: z.array(containerOverride).default([]),
  cpu: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a number of CPU units, as text')
    .optional(),
  memory: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a number of MiB, as text')
    .optional(),
  taskRoleArn: z.string().optional(),
  executionRoleArn: z.string().optional(),
});

export const taskNeed = z.object({
  cpu: z.int(),
  memory: z.int(),
  gpus: z.int(),
  portsTcp: z.array(z.int()),
  portsUdp: z.array(z.int()),
  /** Network interfaces: one for a task of its own network (awsvpc). */
  interfaces: z.int().default(0),
});

const lastStatus = z.enum(['PROVISIONING', 'PENDING', 'RUNNING', 'STOPPING', 'DEPROVISIONING', 'STOPPED']);

export const stopCode = z.enum(['EssentialContainerExited', 'TaskFailedToStart', 'UserInitiated', 'TerminationNotice']);

export const task = z.object({
  arn: z.string(),
  cluster: z.string(),
  containerInstanceArn: z.string(),
  definitionArn: z.string(),
  family: z.string(),
  group: z.string(),
  startedBy: z.string().optional(),
  zone: z.string(),
  awsvpc: z.boolean(),
  overrides: taskOverride,
  need: taskNeed,
  tags: text,
  lastStatus,
  desiredStatus: z.enum(['RUNNING', 'STOPPED']),
  version: z.int(),
  containers: z.array(container),
  stopCode: stopCode.optional(),
  stoppedReason: z.string().optional(),
  createdAt: instant,
  pullStartedAt: instant.optional(),
  pullStoppedAt: instant.optional(),
  startedAt: instant.optional(),
  stoppingAt: instant.optional(),
  executionStoppedAt: instant.optional(),
  stoppedAt: instant.optional(),
});

export const failure = z.object({ arn: z.string(), reason: z.string(), detail: z.string().optional() });

/** What a RunTask with a client token did, kept for a day. */
export const runToken = z.object({
  /** Cluster and token. */
  id: z.string(),
  request: z.string(),
  taskArns: z.array(z.string()),
  failures: z.array(failure),
  at: instant,
});

export type ContainerDefinition = Readonly<z.infer<typeof containerDefinition>>;
export type HealthCheck = Readonly<z.infer<typeof healthCheck>>;
export type PlacementConstraint = Readonly<z.infer<typeof placementConstraint>>;
export type TaskDefinition = Readonly<z.infer<typeof taskDefinition>>;
export type Family = Readonly<z.infer<typeof family>>;
export type Cluster = Readonly<z.infer<typeof cluster>>;
export type ContainerInstance = Readonly<z.infer<typeof containerInstance>>;
export type NetworkBinding = Readonly<z.infer<typeof networkBinding>>;
export type Container = Readonly<z.infer<typeof container>>;
export type TaskOverride = Readonly<z.infer<typeof taskOverride>>;
export type TaskNeed = Readonly<z.infer<typeof taskNeed>>;
export type StopCode = z.infer<typeof stopCode>;
export type Task = Readonly<z.infer<typeof task>>;
export type Failure = Readonly<z.infer<typeof failure>>;
export type RunToken = Readonly<z.infer<typeof runToken>>;
