import * as z from 'zod';
import { healthCheck, readinessCheck } from './checks.ts';
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

const artifact = z.object({
  uri: nonEmptyText.max(1024),
  extract: defaulted(z.boolean(), true),
  executable: defaulted(z.boolean(), false),
  cache: defaulted(z.boolean(), false),
  destPath: optional(nonEmptyText.max(1024)),
});
export type ArtifactInput = z.output<typeof artifact>;

const share = z.number().min(0).max(1);
const limit = z.union([amount, z.string()]);

/** Every field of an app that the schema knows. None has a default here: a partial update must see what is absent. */
const fields = {
  acceptedResourceRoles: optional(z.array(z.string())),
  args: optional(z.array(z.string())),
  backoffFactor: optional(z.number().min(1)),
  backoffSeconds: optional(seconds),
  check: optional(z.looseObject({})),
  cmd: optional(nonEmptyText),
  /** Numbers are taken as text: widely read training material writes `["rack", "GROUP_BY", 3]`. */
  constraints: optional(z.array(z.array(z.union([z.number(), z.string()])))),
  container: optional(container),
  cpus: optional(amount),
  dependencies: optional(z.array(idText)),
  disk: optional(amount),
  env: optional(z.record(z.string(), z.union([z.object({ secret: z.string() }), z.string()]))),
  executor: optional(z.string().regex(/^(\/\/cmd|\/?[^/]+(\/[^/]+)*|)$/)),
  executorResources: optional(
    z.object({ cpus: optional(amount), mem: optional(z.number().min(32)), disk: optional(z.number().min(10)) }),
  ),
  fetch: optional(z.array(artifact)),
  gpus: optional(int32.min(0)),
  healthChecks: optional(z.array(healthCheck)),
  instances: optional(int32.min(0)),
  ipAddress: optional(ipAddress),
  killSelection: optional(oneOf('YOUNGEST_FIRST', 'OLDEST_FIRST')),
  labels: optional(labels),
  maxLaunchDelaySeconds: optional(seconds),
  mem: optional(amount),
  networks: optional(z.array(network)),
  portDefinitions: optional(z.array(portDefinition)),
  ports: optional(z.array(port)),
  readinessChecks: optional(z.array(readinessCheck)),
  requirePorts: optional(z.boolean()),
  residency: optional(z.looseObject({})),
  resourceLimits: optional(z.object({ cpus: optional(limit), mem: optional(limit) })),
  role: optional(nonEmptyText),
  secrets: optional(z.record(z.string(), z.object({ source: nonEmptyText }))),
  taskKillGracePeriodSeconds: optional(seconds),
  tty: optional(z.boolean()),
  unreachableStrategy: optional(
    z.union([
      z.string(),
      z.object({ inactiveAfterSeconds: defaulted(int64.min(0), 0), expungeAfterSeconds: defaulted(int64.min(0), 0) }),
    ]),
  ),
  upgradeStrategy: optional(z.object({ minimumHealthCapacity: share, maximumOverCapacity: share })),
  uris: optional(z.array(z.string())),
  user: optional(z.string()),
};

/** The body of `POST /v2/apps`; `version` and `versionInfo` in it are ignored, like every unknown key. */
export const appSchema = z.object({ id: idText, ...fields });
export type AppInput = z.output<typeof appSchema>;

/** The body of a partial `PUT` or `PATCH`. */
export const appUpdateSchema = z.object({ id: optional(idText), version: optional(z.string()), ...fields });

/** The fields that both have. */
export type AppFields = Omit<AppInput, 'id'>;
