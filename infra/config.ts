import * as z from 'zod';

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** A list in cdk.json, or `a,b` on the command line. */
const list = (item: z.ZodType<string>) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value),
    z.array(item),
  );

const flag = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and "-", at most 32, a letter first');

/** CloudWatch Logs accepts these only. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];

const lambdaMemory = whole(128, 10_240);

const retention = whole(1, 3653).refine((days) => RETENTION_DAYS.includes(days), `one of ${RETENTION_DAYS.join(', ')}`);

const settings = z.strictObject({
  /** Begins every key in the tables and marks our tasks. */
  scheduler: name.default('default'),
  /** Name of the ECS cluster that the stack makes. */
  cluster: name.default('stride'),
  /** Name of the event bus that the stack makes. */
  bus: name.default('stride'),
  /** Image of an app that has a `cmd` and no container. */
  defaultImage: z.string().min(1).default('public.ecr.aws/amazonlinux/amazonlinux:2023'),
  /** Marathon's `--env_vars_prefix`. */
  envVarsPrefix: z.string().regex(/^\w*$/).default(''),
  /** Marathon's `--local_port_min` and `--local_port_max`. */
  servicePortMin: whole(1, 65_535).default(10_000),
  servicePortMax: whole(1, 65_535).default(20_000),
  /** Host roles that `acceptedResourceRoles` may name besides `*`. */
  agentRoles: list(z.string().regex(/^[^\s,/*]+$/)).default(['slave_public']),
  /** Marathon's `--access_control_allow_origin`: origins whose pages may read the API, or `*`. */
  accessControlAllowOrigin: list(z.string().regex(/^(\*|https?:\/\/[^\s,/]+)$/)).default([]),
  /** An agent disconnected for so long is lost: its instances are unreachable, and replaced as their strategies say. */
  agentTimeoutSeconds: whole(0, 86_400).default(120),
  maxRunningDeployments: whole(1, 100).default(100),
  /** Of deployments that neither a header nor a label gives one: `600;rollback`, `600;fail` or `none`. */
  deploymentDeadline: z
    .string()
    .regex(/^(none|\d{1,7};(rollback|fail))$/)
    .default('none'),
  /** Which of the agents that fit takes an instance: the fullest, or the emptiest. */
  placementRanking: z.enum(['binpack', 'spread']).default('binpack'),
  /** Our share of the account's 100 modifying ECS calls at once and 40 a second. */
  ecsCallBurst: whole(1, 100_000).default(90),
  ecsCallsPerSecond: whole(1, 100_000).default(38),
  maxVersions: whole(1, 1000).default(50),
  /** Task and execution roles that task definitions may use; the tick may pass these and no others. */
  taskRoleArns: list(z.string().regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/)).default([]),
  /** `service=url`: where the functions find an AWS service that is not at its usual address (`AWS_ENDPOINT_URL_…`). */
  endpoints: list(z.string().regex(/^[a-z][a-z0-9_]*=https?:\/\/\S+$/)).default([]),
  /** `source` of the cluster's events; emulators keep `aws.…` to themselves, as EventBridge does. */
  clusterEventSource: z.string().min(1).default('aws.ecs'),

  logRetentionDays: retention.default(30),
  /** Of what tasks print. */
  taskLogRetentionDays: retention.default(30),
  /** `AWS_IAM` asks for signed requests; `NONE` lets in everybody who reaches the URL. */
  apiAuthorization: z.enum(['AWS_IAM', 'NONE']).default('AWS_IAM'),
  /** Needs API Gateway's CloudWatch role, which belongs to the account: without it the deployment fails. */
  apiAccessLogs: flag.default(false),
  apiMemoryMiB: lambdaMemory.default(1024),
  ingestMemoryMiB: lambdaMemory.default(256),
  publishMemoryMiB: lambdaMemory.default(256),
  streamMemoryMiB: lambdaMemory.default(256),
  tickMemoryMiB: lambdaMemory.default(1024),
  /** Asks for health: a function each quarter of 1,000 probes a second at this size. */
  healthMemoryMiB: lambdaMemory.default(512),
  /** Among how many functions the tasks to ask are divided; each runs as long as there are any. */
  healthShards: whole(1, 100).default(1),
  /** Where the container instances are reached by their private addresses, and what lets the prober in. */
  healthSubnetIds: list(z.string().regex(/^subnet-[0-9a-f]+$/)).default([]),
  healthSecurityGroupIds: list(z.string().regex(/^sg-[0-9a-f]+$/)).default([]),
  /** Makes the DynamoDB endpoint of this network, for these route tables; empty: it has one. */
  healthVpcId: z
    .string()
    .regex(/^(vpc-[0-9a-f]+)?$/)
    .default(''),
  healthRouteTableIds: list(z.string().regex(/^rtb-[0-9a-f]+$/)).default([]),

  ingestTimeoutSeconds: whole(1, 900).default(30),
  /** At least the time-out of its function; AWS advises six times (the default). */
  ingestVisibilitySeconds: whole(1, 43_200).optional(),
  ingestBatchSize: whole(1, 10).default(10),
  ingestMaxConcurrency: whole(2, 1000).default(10),
  /** Receives of a message before it goes to the dead-letter queue. */
  ingestMaxReceives: whole(1, 1000).default(5),
  publishBatchSize: whole(1, 1000).default(100),
  publishMaxRetries: whole(0, 10_000).default(10),
  /** More than the 60 s that one tick plans for. */
  tickTimeoutSeconds: whole(61, 900).default(90),
});

type Settings = z.infer<typeof settings>;

/** What the stack is made from; every value can be set by `-c stride:<key>=<value>` or in cdk.json. */
export type StrideConfig = Readonly<Omit<Settings, 'ingestVisibilitySeconds'>> & {
  readonly ingestVisibilitySeconds: number;
};

/** The prefix of our keys in the CDK context. */
const PREFIX = 'stride:';

/** The configuration in a CDK context. Throws with every key that is unknown or has a value out of bounds. */
export function readConfig(context: Readonly<Record<string, unknown>>): StrideConfig {
  const given = Object.entries(context)
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, value]) => [key.slice(PREFIX.length), value]);
  const parsed = settings.safeParse(Object.fromEntries(given));
  if (!parsed.success) throw new Error(`Configuration of the stack:\n${z.prettifyError(parsed.error)}`);
  const config = {
    ...parsed.data,
    ingestVisibilitySeconds: parsed.data.ingestVisibilitySeconds ?? 6 * parsed.data.ingestTimeoutSeconds,
  };
  if (config.ingestVisibilitySeconds < config.ingestTimeoutSeconds) {
    throw new Error('Configuration of the stack: ingestVisibilitySeconds must be at least ingestTimeoutSeconds');
  }
  if (config.healthSubnetIds.length > 0 && config.healthSecurityGroupIds.length === 0) {
    throw new Error('Configuration of the stack: healthSubnetIds needs healthSecurityGroupIds');
  }
  if (config.healthVpcId !== '' && (config.healthSubnetIds.length === 0 || config.healthRouteTableIds.length === 0)) {
    throw new Error('Configuration of the stack: healthVpcId needs healthSubnetIds and healthRouteTableIds');
  }
  if (config.servicePortMin > config.servicePortMax) {
    throw new Error('Configuration of the stack: servicePortMin must be at most servicePortMax');
  }
  return config;
}
