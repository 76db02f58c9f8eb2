import * as z from 'zod';
import { readinessCheckResult, task, taskFailure, taskStats } from './task.ts';
import {
  amount,
  artifact,
  command,
  count,
  environment,
  executorResources,
  killSelection,
  labels,
  linuxInfo,
  network,
  pathId,
  persistent,
  port,
  resourceLimits,
  secrets,
  timestamp,
  unreachableStrategy,
  upgradeStrategy,
  uuid,
} from './values.ts';

const protocol = z.enum(['tcp', 'udp', 'udp,tcp']);

const portDefinition = z.strictObject({
  port,
  labels: labels.optional(),
  name: z.string().optional(),
  protocol,
});

const portMapping = z.strictObject({
  containerPort: port,
  hostPort: port.optional(),
  labels,
  name: z.string().optional(),
  protocol,
  servicePort: port,
  networkNames: z.array(z.string()).optional(),
});

const dvdi = z.strictObject({
  size: count.optional(),
  name: z.string(),
  provider: z.literal('dvdi'),
  options: labels.optional(),
  shared: z.boolean(),
});

const csi = z.strictObject({
  name: z.string(),
  provider: z.literal('csi'),
  options: z.strictObject({
    pluginName: z.string(),
    capability: z.strictObject({
      accessMode: z.string(),
      accessType: z.enum(['block', 'mount']),
      fsType: z.string().optional(),
      mountFlags: z.array(z.string()).optional(),
    }),
    nodeStageSecret: environment.optional(),
    nodePublishSecret: environment.optional(),
    volumeContext: labels.optional(),
  }),
});

const mount = { containerPath: z.string(), mode: z.enum(['RO', 'RW']) };
const volume = z.union([
  z.strictObject({ ...mount, hostPath: z.string() }),
  z.strictObject({ ...mount, persistent }),
  z.strictObject({ ...mount, external: z.union([csi, dvdi]) }),
  z.strictObject({ containerPath: z.string(), secret: z.string() }),
]);

const docker = z.strictObject({
  pullConfig: z.strictObject({ secret: z.string() }).optional(),
  forcePullImage: z.boolean(),
  image: z.string(),
  parameters: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  privileged: z.boolean(),
});

const container = z.strictObject({
  type: z.enum(['DOCKER', 'MESOS']),
  docker: docker.optional(),
  linuxInfo: linuxInfo.optional(),
  volumes: z.array(volume),
  portMappings: z.array(portMapping).optional().describe('Off the host network only; then also when empty.'),
});

const healthCheck = z.strictObject({
  command: z.strictObject({ value: z.string() }).optional(),
  gracePeriodSeconds: count,
  ignoreHttp1xx: z.boolean().optional(),
  intervalSeconds: count,
  maxConsecutiveFailures: count,
  path: z.string().optional(),
  port: port.optional(),
  portIndex: count.optional(),
  protocol: z.enum(['HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_HTTP', 'MESOS_HTTPS', 'MESOS_TCP']),
  ipProtocol: z.enum(['IPv4', 'IPv6']),
  timeoutSeconds: z.int(),
  delaySeconds: count,
});

const scheme = z.enum(['HTTP', 'HTTPS']);
const ofPort = { port: port.optional(), portIndex: count.optional() };
const check = z.strictObject({
  http: z.strictObject({ ...ofPort, path: z.string().optional(), scheme }).optional(),
  tcp: z.strictObject(ofPort).optional(),
  exec: z.strictObject({ command }).optional(),
  intervalSeconds: count,
  timeoutSeconds: count,
  delaySeconds: count,
});

const readinessCheck = z.strictObject({
  name: z.string(),
  protocol: scheme,
  path: z.string(),
  portName: z.string(),
  intervalSeconds: count,
  timeoutSeconds: count,
  httpStatusCodesForReady: z.array(z.int()),
  preserveLastResponse: z.boolean(),
});

/** A definition as it is stored: normal forms only, defaults filled in (responses.md §2). */
const definition = {
  id: pathId,
  acceptedResourceRoles: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  backoffFactor: amount,
  backoffSeconds: count,
  cmd: z.string().optional(),
  constraints: z.array(z.array(z.string())).optional(),
  container: container.optional(),
  cpus: amount,
  dependencies: z.array(pathId).optional(),
  disk: amount,
  env: environment.optional(),
  executor: z.string(),
  executorResources: executorResources.optional(),
  fetch: z.array(artifact).optional(),
  healthChecks: z.array(healthCheck).optional(),
  check: check.optional(),
  instances: count,
  labels,
  maxLaunchDelaySeconds: count,
  mem: amount,
  gpus: count,
  networks: z.array(network),
  portDefinitions: z.array(portDefinition).optional().describe('On the host network only; then also when empty.'),
  readinessChecks: z.array(readinessCheck).optional(),
  residency: z
    .strictObject({
      relaunchEscalationTimeoutSeconds: count,
      taskLostBehavior: z.enum(['WAIT_FOREVER', 'RELAUNCH_AFTER_TIMEOUT']),
    })
    .optional(),
  resourceLimits: resourceLimits.optional(),
  requirePorts: z.boolean(),
  secrets: secrets.optional(),
  taskKillGracePeriodSeconds: count.optional(),
  upgradeStrategy,
  user: z.string().optional(),
  version: timestamp,
  versionInfo: z
    .strictObject({ lastScalingAt: timestamp, lastConfigChangeAt: timestamp })
    .optional()
    .describe('Absent only in the answer that creates the app.'),
  killSelection,
  unreachableStrategy,
  tty: z.boolean().optional(),
  role: z.string(),
};

export const storedApp = z.strictObject(definition);

/** An app with the parts that a route or `embed` adds. */
export const app = z.strictObject({
  ...definition,
  tasksStaged: count.optional(),
  tasksRunning: count.optional(),
  tasksHealthy: count.optional(),
  tasksUnhealthy: count.optional(),
  deployments: z
    .array(z.strictObject({ id: uuid }))
    .optional()
    .describe('Running ones that affect it.'),
  readinessCheckResults: z.array(readinessCheckResult).optional(),
  tasks: z.array(task).optional(),
  lastTaskFailure: taskFailure.optional(),
  taskStats: taskStats.optional(),
});

export const appList = z.strictObject({ apps: z.array(app) });
/** One app; with `*` in its id the apps of a group. */
export const oneOrAllApps = z.union([z.strictObject({ app }), z.strictObject({ '*': z.array(app) })]);
export const versionList = z.strictObject({ versions: z.array(timestamp) });
