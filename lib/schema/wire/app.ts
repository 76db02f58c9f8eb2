import * as z from 'zod';
import { appCheck, healthCheck, readinessCheck } from './checks.ts';
import { container } from './container.ts';
import {
  amount,
  defaulted,
  idText,
  int32,
  int64,
  labels,
  nonEmptyText,
  oneOf,
  optional,
  port,
  seconds,
} from './fields.ts';
import { ipAddress, network, portDefinition } from './network.ts';
import { environmentValue, secrets } from './secrets.ts';

export const artifact = z.object({
  uri: nonEmptyText.max(1024).describe('Where to fetch it from.'),
  extract: defaulted(z.boolean(), true).describe('Unpack it, if it is an archive.'),
  executable: defaulted(z.boolean(), false).describe('Make it executable.'),
  cache: defaulted(z.boolean(), false).describe('Keep it on the agent for later tasks.'),
  destPath: optional(nonEmptyText.max(1024)).describe('Path in the sandbox to put it at.'),
});
export type ArtifactInput = z.output<typeof artifact>;

const share = z.number().min(0).max(1);
const limit = z.union([amount, z.string()]);

export const resourceLimits = z.object({
  cpus: optional(limit).describe('Most CPUs, or "unlimited".'),
  mem: optional(limit).describe('Most memory in MiB, or "unlimited".'),
});

const upgradeStrategy = z.object({
  minimumHealthCapacity: share.describe('Share of instances that stay healthy during an upgrade, 0 to 1.'),
  maximumOverCapacity: share.describe('Share of instances that may run in addition during an upgrade, 0 to 1.'),
});

export const unreachableStrategy = z
  .union([
    z.string(),
    z.object({
      inactiveAfterSeconds: defaulted(int64.min(0), 0).describe('A replacement is started after this, s.'),
      expungeAfterSeconds: defaulted(int64.min(0), 0).describe('The instance is given up after this, s.'),
    }),
  ])
  .describe('What becomes of instances whose agent is out of reach; "disabled": they are kept.');

export const executorResources = z.object({
  cpus: defaulted(amount, 0.1).describe('CPUs.'),
  mem: defaulted(z.number().min(32), 32).describe('Memory in MiB.'),
  disk: defaulted(z.number().min(10), 10).describe('Disk in MiB.'),
});

const residency = z.object({
  relaunchEscalationTimeoutSeconds: defaulted(int64.min(0), 3600).describe('With RELAUNCH_AFTER_TIMEOUT: how long, s.'),
  taskLostBehavior: defaulted(oneOf('WAIT_FOREVER', 'RELAUNCH_AFTER_TIMEOUT'), 'WAIT_FOREVER').describe(
    'Wait for the agent to come back, or start elsewhere with an empty volume.',
  ),
});

/** Every field of an app that the schema knows. None has a default here: a partial update must see what is absent. */
const fields = {
  acceptedResourceRoles: optional(z.array(z.string())).describe('Roles of agents that may run it; left out: all.'),
  args: optional(z.array(z.string())).describe('Arguments of the command, in place of cmd.'),
  backoffFactor: optional(z.number().min(1)).describe('The launch delay grows by this with each failure; 1.15.'),
  backoffSeconds: optional(seconds).describe('Launch delay after the first failure, s; 1.'),
  check: optional(appCheck).describe('A check whose result is shown and decides nothing.'),
  cmd: optional(nonEmptyText).describe('Command for /bin/sh -c.'),
  /** Numbers are taken as text: widely read training material writes `["rack", "GROUP_BY", 3]`. */
  constraints: optional(z.array(z.array(z.union([z.number(), z.string()])))).describe(
    'Where instances may run: [field, operator, value].',
  ),
  container: optional(container).describe('Image, volumes and ports.'),
  cpus: optional(amount).describe('CPUs of one instance; 1.'),
  dependencies: optional(z.array(idText)).describe('Apps and groups to be deployed first.'),
  disk: optional(amount).describe('Disk of one instance in MiB; 0.'),
  env: optional(z.record(z.string(), environmentValue)).describe('Environment variables.'),
  executor: optional(z.string().regex(/^(\/\/cmd|\/?[^/]+(\/[^/]+)*|)$/)).describe('Empty, or //cmd.'),
  executorResources: optional(executorResources).describe('Of custom executors: kept, without effect.'),
  fetch: optional(z.array(artifact)).describe('Files to put into the sandbox before the start.'),
  gpus: optional(int32.min(0)).describe('GPUs of one instance; 0.'),
  healthChecks: optional(z.array(healthCheck)).describe('Checks that replace tasks that fail them.'),
  instances: optional(int32.min(0)).describe('How many instances to run; 1.'),
  ipAddress: optional(ipAddress).describe('Deprecated: use networks.'),
  killSelection: optional(oneOf('YOUNGEST_FIRST', 'OLDEST_FIRST')).describe('Which instances go first.'),
  labels: optional(labels).describe('Labels.'),
  maxLaunchDelaySeconds: optional(seconds).describe('The longest launch delay, s; 300.'),
  mem: optional(amount).describe('Memory of one instance in MiB; 128.'),
  networks: optional(z.array(network)).describe('Networks; host by default.'),
  portDefinitions: optional(z.array(portDefinition)).describe('Ports on the host network.'),
  ports: optional(z.array(port)).describe('Deprecated: use portDefinitions.'),
  readinessChecks: optional(z.array(readinessCheck)).describe('When an instance counts as ready in a deployment.'),
  requirePorts: optional(z.boolean()).describe('Host ports must be those of portDefinitions.'),
  residency: optional(residency).describe('What becomes of instances with persistent volumes.'),
  resourceLimits: optional(resourceLimits).describe('What an instance may use beyond its request.'),
  role: optional(nonEmptyText).describe('Role whose resources are used.'),
  secrets: optional(secrets).describe('Secrets by name, for env, volumes and pullConfig.'),
  taskKillGracePeriodSeconds: optional(seconds).describe('From SIGTERM to SIGKILL, s.'),
  tty: optional(z.boolean()).describe('Give the task a pseudo-TTY.'),
  unreachableStrategy: optional(unreachableStrategy),
  upgradeStrategy: optional(upgradeStrategy).describe('How much may be missing or too much during an upgrade.'),
  uris: optional(z.array(nonEmptyText.max(1024))).describe('Deprecated: use fetch.'),
  user: optional(z.string()).describe('User to run as.'),
};

/** The body of `POST /v2/apps`; `version` and `versionInfo` in it are ignored, like every unknown key. */
export const appSchema = z.object({ id: idText.describe('Absolute or relative id of the app.'), ...fields });
export type AppInput = z.output<typeof appSchema>;

/** The body of a partial `PUT` or `PATCH`. */
export const appUpdateSchema = z.object({
  id: optional(idText).describe('Id of the app; needed in lists of updates.'),
  version: optional(z.string()).describe('Go back to this version; takes nothing else beside it.'),
  ...fields,
});

/** The fields that both have. */
export type AppFields = Omit<AppInput, 'id'>;
