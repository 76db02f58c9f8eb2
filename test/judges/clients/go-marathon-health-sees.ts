import { expect } from 'vitest';
import { aDeployment, anId, aTaskId, aVersion } from './what-clients-see.ts';
import { FAILING, KILLED_FOR_HEALTH } from './what-health-shows.ts';

const CODE = { notFound: 3, appLocked: 5 };
const aTask = aTaskId('clients_sound');

const action = (kind: string) => ({ action: kind, app: '/clients/sound' });
const deployment = (steps: readonly string[]) => ({
  id: anId,
  version: aVersion,
  affectedApps: ['/clients/sound'],
  currentActions: steps.slice(-1).map(action),
  currentStep: steps.length,
  steps: steps.map((kind) => ({ actions: [action(kind)] })),
  totalSteps: steps.length,
});

/** Results know the instance since Marathon 1.4, which the client does not: it reads a task id, and gets none. */
const passing = { alive: true, consecutiveFailures: 0, firstSuccess: aVersion, lastSuccess: aVersion, taskId: '' };
const neverFailed = { lastFailure: '', lastFailureCause: '' };
const check = (path: string, gracePeriodSeconds: number) => ({
  protocol: 'HTTP',
  path,
  portIndex: 0,
  gracePeriodSeconds,
  intervalSeconds: 1,
  timeoutSeconds: 1,
  maxConsecutiveFailures: 4,
});

/** All that the Go program prints of health. */
export const GO_MARATHON_HEALTH_SEES = {
  'deployments of the unhealthy': [deployment(['StartApplication', 'ScaleApplication'])],
  'has the deployment': true,
  'waited in vain': 'the operation has timed out',
  healthy: true,
  app: expect.objectContaining({
    healthChecks: [check('/health', 10), check('/ready', 300)],
    tasks: [
      expect.objectContaining({
        id: aTask,
        state: 'TASK_RUNNING',
        healthCheckResults: [
          { ...passing, ...neverFailed },
          { ...passing, ...neverFailed },
        ],
      }),
    ],
    tasksRunning: 1,
    tasksHealthy: 1,
  }),

  updated: aDeployment,
  'deployments of the upgrade': [deployment(['RestartApplication'])],
  'deployments of the app': [aDeployment],
  locked: {
    code: CODE.appLocked,
    message: expect.stringMatching(/^Marathon API error: App is locked .* \(locking deployment IDs: [0-9a-f-]{36}\)$/),
  },
  cancelled: aDeployment,
  'kept while it rolls back': true,
  'after the rollback': ['test', 1],
  'cancelled again': {
    code: CODE.notFound,
    message: expect.stringMatching(/^Marathon API error: DeploymentPlan [0-9a-f-]{36} does not exist$/),
  },

  'forced over': aDeployment,
  forced: aDeployment,
  'the former still runs': false,
  'after the forced': ['prod', 1],

  sickened: aTask,
  sick: [
    [1, 0, 1],
    [{ ...passing, ...FAILING, lastFailure: aVersion }, expect.objectContaining({ ...passing, ...neverFailed })],
  ],
  'sick is ok': false,
  'in its place': [1, 1, 0],
  'last failure': {
    ...KILLED_FOR_HEALTH,
    host: expect.any(String),
    taskId: aTask,
    timestamp: aVersion,
    version: aVersion,
  },

  deleted: aDeployment,
  events: expect.any(Array),
  'apps at the end': null,
};
