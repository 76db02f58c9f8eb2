import type * as z from 'zod';
import { groupPatchSchema, groupSchema, nestedGroupSchema } from '../../../lib/schema/group/wire.ts';
import { podSchema } from '../../../lib/schema/pod/wire/pod.ts';
import { appSchema, appUpdateSchema } from '../../../lib/schema/wire/app.ts';
import { app, storedApp } from '../answers/app.ts';
import { deployment, deploymentResult, deploymentSteps } from '../answers/deployment.ts';
import { explainedRunSpec, explanation, lacking } from '../answers/explain.ts';
import { group } from '../answers/group.ts';
import { pod } from '../answers/pod.ts';
import { podInstance, podStatus } from '../answers/pod-status.ts';
import { queueItem } from '../answers/queue.ts';
import { conflict, error, invalid, unreadable } from '../answers/refusals.ts';
import { info } from '../answers/system.ts';
import { readinessCheckResult, task, taskFailure, taskStats } from '../answers/task.ts';
import { tickRecord } from '../answers/ticks.ts';

/** A schema with a name in the document. */
export interface Component {
  readonly schema: z.ZodType;
  /** The definition whose fields of the same names describe those of this one. */
  readonly describedBy?: string;
  readonly examples?: readonly unknown[];
}

/** What clients send. Each example is a whole body that is taken. */
export const BODIES: Readonly<Record<string, Component>> = {
  AppDefinition: {
    schema: appSchema,
    examples: [
      {
        id: '/shop/cart',
        container: {
          type: 'DOCKER',
          docker: { image: 'registry.example/shop/cart:3.2' },
          portMappings: [{ containerPort: 8080, name: 'http' }],
        },
        networks: [{ mode: 'container/bridge' }],
        cpus: 0.25,
        mem: 256,
        instances: 2,
        constraints: [['zone', 'GROUP_BY']],
        healthChecks: [{ protocol: 'MESOS_HTTP', path: '/health', portIndex: 0 }],
      },
      { id: '/sleeper', cmd: 'sleep 3600' },
    ],
  },
  AppUpdate: { schema: appUpdateSchema, examples: [{ instances: 3 }, { env: { STAGE: 'prod' } }] },
  PodDefinition: {
    schema: podSchema,
    examples: [
      {
        id: '/shop/sidecar',
        containers: [
          { name: 'web', exec: { command: { shell: './web' } }, resources: { cpus: 0.1, mem: 64 } },
          { name: 'log', exec: { command: { shell: './ship-logs' } }, resources: { cpus: 0.1, mem: 32 } },
        ],
        scaling: { kind: 'fixed', instances: 2 },
      },
    ],
  },
  // Before what holds it: a circle is cut where it is entered.
  NestedGroup: { schema: nestedGroupSchema },
  GroupUpdate: {
    schema: groupSchema,
    examples: [
      {
        id: '/shop',
        apps: [
          { id: 'db', cmd: './db', mem: 512 },
          { id: 'cart', cmd: './serve', dependencies: ['db'] },
        ],
      },
      { scaleBy: 1.5 },
    ],
  },
  GroupPatch: { schema: groupPatchSchema, examples: [{ enforceRole: true }] },
};

/** What clients are answered. */
export const ANSWERS: Readonly<Record<string, Component>> = {
  App: { schema: app, describedBy: 'AppDefinition' },
  StoredApp: { schema: storedApp, describedBy: 'AppDefinition' },
  Task: { schema: task },
  TaskFailure: { schema: taskFailure },
  TaskStats: { schema: taskStats },
  ReadinessCheckResult: { schema: readinessCheckResult },
  Pod: { schema: pod, describedBy: 'PodDefinition' },
  PodStatus: { schema: podStatus },
  PodInstance: { schema: podInstance },
  Group: { schema: group },
  Deployment: { schema: deployment },
  DeploymentResult: { schema: deploymentResult },
  DeploymentSteps: { schema: deploymentSteps },
  QueueItem: { schema: queueItem },
  ExplainedRunSpec: { schema: explainedRunSpec },
  Explanation: { schema: explanation },
  LackingCapacity: { schema: lacking },
  TickRecord: { schema: tickRecord },
  Info: { schema: info },
  Error: { schema: error },
  Unreadable: { schema: unreadable },
  Conflict: { schema: conflict },
  Invalid: { schema: invalid },
};
