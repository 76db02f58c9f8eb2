import { expect } from 'vitest';
import { aDeployment, aHost, anAgentId, anAgentPort, anId, aTaskId, aVersion } from './what-clients-see.ts';

/** The client's own numbers for what went wrong. */
const CODE = { notFound: 3, duplicateId: 4, appLocked: 5, invalid: 6 };

const refusal = (code: keyof typeof CODE, message: string) => ({
  code: CODE[code],
  message: `Marathon API error: ${message}`,
});

/** Marathon's defaults beside what was sent, as far as the client knows them; `ports` and `dependencies` it never omits. */
const APP = {
  cmd: 'sleep 1000',
  cpus: 0.1,
  mem: 16,
  disk: 0,
  executor: '',
  env: { STAGE: 'test' },
  labels: { team: 'web' },
  ports: null,
  dependencies: null,
  requirePorts: false,
  backoffSeconds: 1,
  backoffFactor: 1.15,
  maxLaunchDelaySeconds: 300,
  upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
  version: aVersion,
  versionInfo: { lastScalingAt: aVersion, lastConfigChangeAt: aVersion },
};

const TASK = {
  id: aTaskId('clients_web'),
  appId: '/clients/web',
  host: aHost,
  healthCheckResults: [],
  ports: [anAgentPort],
  servicePorts: [],
  slaveId: anAgentId,
  stagedAt: aVersion,
  startedAt: aVersion,
  state: 'TASK_RUNNING',
  ipAddresses: [{ ipAddress: aHost, protocol: 'IPv4' }],
  version: aVersion,
};

const portDefinitions = (port: unknown) => [{ port, protocol: 'tcp', name: 'http' }];
const greedy = (action: string) => ({ action, app: '/clients/greedy' });

/** All that the Go program prints, about a system at `address`; an empty list of ids is `null` in Go. */
export const goMarathonSees = (address: string) => ({
  ping: true,
  info: ['marathon', '1.11.24', address, Number(address.split(':')[1]), 10_000],
  leader: address,
  callbacks: refusal('notFound', 'URI not found'),

  'deployments of the created': 1,
  'created twice': refusal('duplicateId', 'An app with id [/clients/web] already exists.'),
  'created wrong': refusal('invalid', "Invalid JSON (path: '/cpus' errors: error.min)"),
  'missing app': refusal('notFound', "App '/clients/missing' does not exist"),
  app: {
    ...APP,
    id: '/clients/web',
    instances: 2,
    portDefinitions: portDefinitions(10_000),
    tasks: [TASK, TASK],
    tasksRunning: 2,
  },
  'running by the stats': 2,
  ok: true,
  apps: ['/clients/web'],
  'no apps': null,
  tasks: [TASK, TASK],
  'service ports of all tasks': [[10_000], [10_000]],

  scaled: aDeployment,
  updated: aDeployment,
  restarted: aDeployment,
  versions: Array(4).fill(aVersion),
  definitions: [
    [2, { STAGE: 'prod' }],
    [2, { STAGE: 'prod' }],
    [3, { STAGE: 'test' }],
    [2, { STAGE: 'test' }],
  ],
  'has the first version': true,
  'rolled back': aDeployment,
  'after the rollback': { STAGE: 'test' },

  // It takes the app from the task id up to its last dot, which is wrong since Marathon 1.9.
  'killed by its id alone': {
    code: CODE.notFound,
    message: expect.stringMatching(/^Marathon API error: App '\/clients\/web\.instance-[^']*' does not exist$/),
  },
  'killed all': 2,
  'instances after the kills': 1,

  queue: ['/clients/greedy', 1, 0],
  deployments: [
    {
      id: anId,
      version: aVersion,
      affectedApps: ['/clients/greedy'],
      currentActions: expect.any(Array),
      currentStep: expect.toBeOneOf([0, 1, 2]),
      steps: [{ actions: [greedy('StartApplication')] }, { actions: [greedy('ScaleApplication')] }],
      totalSteps: 2,
    },
  ],
  locked: {
    code: CODE.appLocked,
    message: expect.stringMatching(/^Marathon API error: App is locked .* \(locking deployment IDs: [0-9a-f-]{36}\)$/),
  },
  forced: aDeployment,
  cancelled: aDeployment,
  'deleted while it waits': aDeployment,

  group: {
    id: '/clients/tree',
    apps: [{ ...APP, id: '/clients/tree/leaf', instances: 1, portDefinitions: portDefinitions(expect.any(Number)) }],
    dependencies: [],
    groups: [],
  },
  'has the group': [true, false],
  groups: ['/', '/clients', '/clients/tree'],
  'apps of groups': ['/clients/web', '/clients/tree/leaf'],
  'group updated': aDeployment,
  'leaf after the update': 2,
  'group deleted': aDeployment,
  'missing group': refusal('notFound', "Group '/clients/tree' does not exist"),

  deleted: aDeployment,
  events: expect.any(Array),
  'apps at the end': null,
  abdicated: 'Leadership abdicated',
});
