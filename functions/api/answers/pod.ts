import * as z from 'zod';
import { CONSTRAINT_OPERATORS } from '../../../lib/model/constraint.ts';
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
  resources,
  secrets,
  timestamp,
  unreachableStrategy,
  upgradeStrategy,
} from './values.ts';

const endpoint = z.strictObject({
  name: z.string(),
  containerPort: port.optional(),
  hostPort: port.optional(),
  protocol: z.array(z.string()).optional(),
  labels: labels.optional(),
  networkNames: z.array(z.string()).optional(),
});

const image = z.strictObject({
  kind: z.literal('DOCKER'),
  id: z.string(),
  pullConfig: z.strictObject({ secret: z.string() }).optional(),
  forcePull: z.boolean().optional(),
  labels: labels.optional(),
});

const healthCheck = z.strictObject({
  http: z
    .strictObject({ endpoint: z.string(), path: z.string().optional(), scheme: z.enum(['HTTP', 'HTTPS']) })
    .optional(),
  tcp: z.strictObject({ endpoint: z.string() }).optional(),
  exec: z.strictObject({ command }).optional(),
  gracePeriodSeconds: count,
  intervalSeconds: count,
  maxConsecutiveFailures: count,
  timeoutSeconds: count,
  delaySeconds: count,
});

const container = z.strictObject({
  name: z.string(),
  exec: z.strictObject({ command, overrideEntrypoint: z.boolean().optional() }).optional(),
  resources,
  resourceLimits: resourceLimits.optional(),
  endpoints: z.array(endpoint).optional(),
  linuxInfo: linuxInfo.optional(),
  image: image.optional(),
  environment: environment.optional(),
  user: z.string().optional(),
  healthCheck: healthCheck.optional(),
  volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean() })).optional(),
  artifacts: z.array(artifact).optional(),
  labels: labels.optional(),
  lifecycle: z.strictObject({ killGracePeriodSeconds: amount.optional() }).optional(),
  tty: z.boolean().optional(),
});

const volume = z.union([
  z.strictObject({ name: z.string() }),
  z.strictObject({ name: z.string(), host: z.string() }),
  z.strictObject({ name: z.string(), secret: z.string() }),
  z.strictObject({ name: z.string(), persistent }),
]);

const scheduling = z.strictObject({
  backoff: z.strictObject({ backoff: amount, backoffFactor: amount, maxLaunchDelay: amount }),
  upgrade: upgradeStrategy,
  placement: z.strictObject({
    constraints: z
      .array(
        z.strictObject({
          fieldName: z.string(),
          operator: z.enum(CONSTRAINT_OPERATORS),
          value: z.string().optional(),
        }),
      )
      .optional(),
    acceptedResourceRoles: z.array(z.string()).optional(),
  }),
  killSelection,
  unreachableStrategy,
});

/** A pod's definition as it is stored (responses.md §10). */
export const pod = z.strictObject({
  id: pathId,
  labels: labels.optional(),
  version: timestamp,
  user: z.string().optional(),
  environment: environment.optional(),
  containers: z.array(container),
  secrets: secrets.optional(),
  volumes: z.array(volume).optional(),
  networks: z.array(network).optional(),
  scaling: z.strictObject({ kind: z.literal('fixed'), instances: count }),
  scheduling,
  executorResources,
  role: z.string(),
  linuxInfo: linuxInfo.optional(),
  legacySharedCgroups: z.boolean().optional(),
});
