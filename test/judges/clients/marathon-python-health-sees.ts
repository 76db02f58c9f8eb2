import { expect } from 'vitest';
import { aDeployment, anId, aTaskId, aVersion } from './what-clients-see.ts';
import { FAILING, KILLED_FOR_HEALTH } from './what-health-shows.ts';

const aTask = aTaskId('clients_sound');
const anInstance = expect.stringMatching(/^clients_sound\.instance-[0-9a-f-]{36}$/);
/** The client writes times of its own with microseconds. */
const aTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/);

const result = (status: 200 | 503) => ({
  name: 'ready',
  taskId: aTask,
  ready: status === 200,
  lastResponse: { status, contentType: '', body: '' },
});

const action = (kind: string, readinessCheckResults: unknown = null) => ({
  action: kind,
  app: '/clients/sound',
  apps: null,
  pod: null,
  type: null,
  readinessCheckResults,
});

const deployment = (steps: readonly string[], results: unknown) => ({
  id: anId,
  version: aVersion,
  affectedApps: ['/clients/sound'],
  affectedPods: [],
  currentActions: [action(steps.at(-1) ?? '', results)],
  currentStep: steps.length,
  steps: steps.map((kind) => ({ actions: [action(kind)] })),
  totalSteps: steps.length,
});

const refusal = (raised: string, status: number, message: string) => ({ raised, status, message, details: null });

/** All that `marathon_python_health.py` prints. */
export const MARATHON_PYTHON_HEALTH_SEES = {
  'deployments of the unready': [deployment(['StartApplication', 'ScaleApplication'], [result(503)])],
  'the unready app': [result(503)],
  app: expect.objectContaining({
    deployments: [],
    // They stay while their task lives, and not while its deployment runs as Marathon's do.
    readinessCheckResults: [result(200)],
    readinessChecks: [
      {
        name: 'ready',
        protocol: 'HTTP',
        path: '/ready',
        portName: 'http',
        intervalSeconds: 2,
        timeoutSeconds: 1,
        httpStatusCodesForReady: [200],
        preserveLastResponse: true,
      },
    ],
    healthChecks: [
      {
        command: null,
        protocol: 'HTTP',
        path: '/health',
        portIndex: 0,
        gracePeriodSeconds: 10,
        intervalSeconds: 1,
        timeoutSeconds: 1,
        maxConsecutiveFailures: 4,
        ignoreHttp1xx: false,
        ipProtocol: 'IPv4',
        delaySeconds: 15,
      },
    ],
    tasks: [
      expect.objectContaining({
        id: aTask,
        state: 'TASK_RUNNING',
        healthCheckResults: [
          {
            alive: true,
            consecutiveFailures: 0,
            firstSuccess: aTime,
            lastSuccess: aTime,
            lastFailure: null,
            lastFailureCause: null,
            instanceId: anInstance,
            taskId: null,
          },
        ],
      }),
    ],
    tasksRunning: 1,
    tasksStaged: 0,
    tasksHealthy: 1,
    tasksUnhealthy: 0,
  }),

  updated: aDeployment,
  'deployments of the upgrade': [
    deployment(['RestartApplication'], expect.arrayContaining([result(200), result(503)])),
  ],
  locked: refusal(
    'ConflictError',
    409,
    "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
  ),
  cancelled: aDeployment,
  'kept while it rolls back': true,
  'after the rollback': { env: { STAGE: 'test' }, tasks: 1 },
  'cancelled again': refusal(
    'NotFoundError',
    404,
    expect.stringMatching(/^DeploymentPlan [0-9a-f-]{36} does not exist$/),
  ),

  'forced over': anId,
  forced: aDeployment,
  'the former still runs': false,
  'after the forced': { env: { STAGE: 'prod' }, tasks: 1 },

  sickened: aTask,
  sick: {
    healthy: 0,
    results: [
      {
        ...FAILING,
        firstSuccess: aTime,
        lastSuccess: aTime,
        lastFailure: aTime,
        instanceId: anInstance,
        taskId: null,
      },
    ],
  },
  'in its place': 1,
  'last failure': {
    ...KILLED_FOR_HEALTH,
    host: expect.any(String),
    taskId: aTask,
    instanceId: null,
    slaveId: expect.any(String),
    timestamp: aTime,
    version: aVersion,
  },

  deleted: aDeployment,
  events: expect.any(Array),
  'apps at the end': [],
};
