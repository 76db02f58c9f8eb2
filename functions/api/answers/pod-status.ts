import * as z from 'zod';
import { pod } from './pod.ts';
import { taskState } from './task.ts';
import { pathId, port, resources, timestamp, unreachableStrategy } from './values.ts';

const condition = z.strictObject({
  name: z.literal('healthy'),
  lastChanged: timestamp,
  lastUpdated: timestamp,
  value: z.enum(['true', 'false']),
  reason: z.enum(['health-reported-by-mesos', 'health-unreported-by-mesos']),
});

const container = z.strictObject({
  name: z.string(),
  status: taskState,
  statusSince: timestamp,
  conditions: z.array(condition),
  containerId: z.string().optional().describe('Id of its task, as long as it is active.'),
  endpoints: z.array(
    z.strictObject({
      name: z.string(),
      allocatedHostPort: port.optional(),
      healthy: z.boolean().optional().describe('Of the endpoint that the health check asks.'),
    }),
  ),
  resources: resources.optional(),
  termination: z.strictObject({ exitCode: z.int().optional(), message: z.string().optional() }).optional(),
  lastUpdated: timestamp,
  lastChanged: timestamp,
});

const instanceStatus = z.strictObject({
  id: z.string(),
  status: z.enum(['PENDING', 'STAGING', 'STABLE', 'DEGRADED', 'TERMINAL']),
  statusSince: timestamp,
  message: z.string().optional(),
  conditions: z.array(condition),
  agentHostname: z.string().optional(),
  agentId: z.string().optional(),
  agentRegion: z.string().optional(),
  agentZone: z.string().optional(),
  resources,
  networks: z.array(z.strictObject({ name: z.string().optional(), addresses: z.array(z.string()) })),
  containers: z.array(container),
  specReference: z.string().describe('Path of the definition that it was made from.'),
  localVolumes: z.array(
    z.strictObject({ runSpecId: pathId, containerPath: z.string(), uuid: z.string(), persistenceId: z.string() }),
  ),
  lastUpdated: timestamp,
  lastChanged: timestamp,
  role: z.string(),
});

const terminated = z.strictObject({
  instanceID: z.string(),
  startedAt: timestamp,
  terminatedAt: timestamp,
  message: z.string(),
  containers: z.array(z.strictObject({ containerId: z.string(), lastKnownState: taskState })),
});

/** A pod with its instances (responses.md §10). */
export const podStatus = z.strictObject({
  id: pathId,
  spec: pod,
  status: z.enum(['TERMINAL', 'STABLE', 'DEGRADED']),
  statusSince: timestamp,
  message: z.string().optional().describe('Why instances wait that no agent could take.'),
  instances: z.array(instanceStatus),
  terminationHistory: z.array(terminated),
  lastUpdated: timestamp,
  lastChanged: timestamp,
});

/** An instance that was killed, as it was (responses.md §11). */
export const podInstance = z.strictObject({
  instanceId: z.string(),
  state: z.strictObject({
    condition: z.string(),
    since: timestamp,
    activeSince: timestamp.optional(),
    healthy: z.boolean().optional(),
    goal: z.enum(['Running', 'Stopped', 'Decommissioned']),
  }),
  agentInfo: z
    .strictObject({
      host: z.string(),
      agentId: z.string(),
      region: z.string().optional(),
      zone: z.string().optional(),
      attributes: z.array(z.never()).describe('Always empty, as in Marathon.'),
    })
    .optional(),
  runSpecVersion: timestamp,
  unreachableStrategy,
});
