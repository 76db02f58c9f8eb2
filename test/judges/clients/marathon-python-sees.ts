import { expect } from 'vitest';
import { aDeployment, aHost, anAgentId, anAgentPort, anId, aTaskId, aVersion } from './what-clients-see.ts';

/** The client writes times of its own with microseconds. */
const aTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/);

/** What the client makes of members that an answer has not. */
const UNSET = {
  acceptedResourceRoles: null,
  args: null,
  constraints: [],
  container: null,
  dependencies: [],
  deployments: [],
  fetch: [],
  healthChecks: [],
  lastTaskFailure: null,
  ports: [],
  readinessCheckResults: [],
  readinessChecks: [],
  residency: null,
  secrets: {},
  storeUrls: [],
  taskKillGracePeriodSeconds: null,
  taskRateLimit: null,
  taskStats: null,
  tasks: [],
  uris: [],
  user: null,
};

/** Marathon's defaults. */
const DEFAULTS = {
  ...UNSET,
  backoffFactor: 1.15,
  backoffSeconds: 1,
  cmd: 'sleep 1000',
  cpus: 0.1,
  disk: 0,
  executor: '',
  gpus: 0,
  killSelection: 'YOUNGEST_FIRST',
  maxLaunchDelaySeconds: 300,
  mem: 16,
  networks: [{ mode: 'host' }],
  requirePorts: false,
  role: '*',
  unreachableStrategy: {
    unreachableInactiveAfterSeconds: null,
    unreachableExpungeAfterSeconds: null,
    inactiveAfterSeconds: 0,
    expungeAfterSeconds: 0,
  },
  upgradeStrategy: { maximumOverCapacity: 1, minimumHealthCapacity: 1 },
  version: aVersion,
};

const counts = (running: number) => ({ tasksStaged: 0, tasksRunning: running, tasksHealthy: 0, tasksUnhealthy: 0 });
const port = (name: string, value: unknown) => [{ port: value, protocol: 'tcp', name, labels: null }];

const WEB = {
  ...DEFAULTS,
  id: '/clients/web',
  instances: 2,
  env: { STAGE: 'test' },
  labels: { team: 'web' },
};

const TASK = {
  appId: '/clients/web',
  healthCheckResults: [],
  host: aHost,
  id: aTaskId('clients_web'),
  ipAddresses: [{ ipAddress: aHost, protocol: 'IPv4' }],
  localVolumes: [],
  ports: [anAgentPort],
  region: 'local',
  role: '*',
  servicePorts: [],
  slaveId: anAgentId,
  stagedAt: aTime,
  startedAt: aTime,
  state: 'TASK_RUNNING',
  version: aVersion,
  zone: expect.stringMatching(/^local-/),
};

const LATEST = {
  stats: {
    counts: { staged: 0, running: 2, healthy: 0, unhealthy: 0 },
    lifeTime: { averageSeconds: expect.any(Number), medianSeconds: expect.any(Number) },
  },
};

const VERSION_INFO = { lastScalingAt: aTime, lastConfigChangeAt: aTime };

const LEAF = {
  ...DEFAULTS,
  id: '/clients/tree/leaf',
  instances: 1,
  env: {},
  labels: {},
  portDefinitions: port('default', expect.any(Number)),
  tasksStaged: null,
  tasksRunning: null,
  tasksHealthy: null,
  tasksUnhealthy: null,
  versionInfo: VERSION_INFO,
};

const action = (kind: string) => ({
  actions: [{ action: kind, app: '/clients/greedy', apps: null, pod: null, type: null, readinessCheckResults: null }],
});

/** Rules in the order in which an agent is asked: each sees what the former let through. */
function rejected(byCpus: number) {
  const first = ['UnfulfilledRole', 'UnfulfilledConstraint', 'NoCorrespondingReservationFound', 'AgentMaintenance'];
  const rest = ['Memory', 'Disk', 'Gpus', 'Ports'].map((what) => `Insufficient${what}`);
  return [
    ...first.map((reason) => ({ reason, declined: 0, processed: byCpus })),
    { reason: 'InsufficientCpus', declined: byCpus, processed: byCpus },
    ...[...rest, 'DeclinedScarceResources'].map((reason) => ({ reason, declined: 0, processed: 0 })),
  ];
}

const refusal = (raised: string, status: number, message: string, details: unknown = null) => ({
  raised,
  status,
  message,
  details,
});
const ownFault = (raised: string, text: string) => ({ raised, text });

/** All that `marathon_python.py` prints but the events, about a system at `address` with three agents. */
export const marathonPythonSees = (address: string, offers: number) => ({
  ping: '"pong"',
  info: expect.objectContaining({
    name: 'marathon',
    version: '1.11.24',
    elected: true,
    leader: address,
    httpConfig: { assetsPath: null, httpPort: Number(address.split(':')[1]), httpsPort: null },
    marathonConfig: expect.objectContaining({ localPortMin: 10_000, localPortMax: 20_000, mesosRole: '*' }),
  }),
  leader: { leader: address },
  metrics: ['counters', 'gauges', 'histograms', 'meters', 'timers', 'version'],
  callbacks: refusal('NotFoundError', 404, 'URI not found'),

  created: {
    ...WEB,
    ...counts(0),
    deployments: [
      {
        id: anId,
        affectedApps: null,
        affectedPods: null,
        currentActions: [],
        currentStep: null,
        steps: [],
        totalSteps: null,
        version: null,
      },
    ],
    portDefinitions: port('http', 0),
    versionInfo: null,
  },
  'created twice': refusal('ConflictError', 409, 'An app with id [/clients/web] already exists.'),
  'created wrong': refusal('MarathonHttpError', 422, 'Invalid JSON', [{ path: '/cpus', errors: ['error.min'] }]),
  app: {
    ...WEB,
    ...counts(2),
    portDefinitions: port('http', 10_000),
    taskStats: {
      startedAfterLastScaling: LATEST,
      withLatestConfig: LATEST,
      withOutdatedConfig: null,
      totalSummary: LATEST,
    },
    tasks: [TASK, TASK],
    versionInfo: VERSION_INFO,
  },
  apps: ['/clients/web'],
  'apps with tasks': { '/clients/web': 2 },
  'no apps': [],
  'missing app': refusal('NotFoundError', 404, "App '/clients/missing' does not exist"),
  tasks: [TASK, TASK],
  'service ports of all tasks': [[10_000], [10_000]],
  endpoints: [aTaskId('/clients/web 10000 clients_web'), aTaskId('/clients/web 10000 clients_web')],

  scaled: aDeployment,
  'scaled by -1': aDeployment,
  updated: aDeployment,
  'updated list': aDeployment,
  restarted: aDeployment,
  'kept by the restart': [],
  versions: Array(6).fill(aVersion),
  definitions: [
    { instances: 2, env: { STAGE: 'prod' }, labels: { team: 'shop' } },
    { instances: 2, env: { STAGE: 'prod' }, labels: { team: 'shop' } },
    { instances: 2, env: { STAGE: 'prod' }, labels: { team: 'web' } },
    { instances: 2, env: { STAGE: 'test' }, labels: { team: 'web' } },
    { instances: 3, env: { STAGE: 'test' }, labels: { team: 'web' } },
    { instances: 2, env: { STAGE: 'test' }, labels: { team: 'web' } },
  ],
  'rolled back': aDeployment,
  'after the rollback': { env: { STAGE: 'test' }, labels: { team: 'web' } },

  'killed the one asked for': true,
  'killed all': true,
  'killed and scaled': true,
  'instances after the kills': 1,

  deployments: [
    {
      id: anId,
      version: aVersion,
      affectedApps: ['/clients/greedy'],
      affectedPods: [],
      currentActions: expect.any(Array),
      currentStep: expect.toBeOneOf([0, 1, 2]),
      steps: [action('StartApplication'), action('ScaleApplication')],
      totalSteps: 2,
    },
  ],
  'typed queue': ownFault('TypeError', "MarathonQueueItem.__init__() got an unexpected keyword argument 'role'"),
  queue: [
    {
      id: '/clients/greedy',
      count: 1,
      role: '*',
      delay: { timeLeftSeconds: 0, overdue: true },
      since: aVersion,
      processedOffersSummary: {
        processedOffersCount: offers,
        unusedOffersCount: offers,
        lastUnusedOfferAt: aVersion,
        rejectSummaryLastOffers: rejected(3),
        rejectSummaryLaunchAttempt: rejected(offers),
      },
    },
  ],
  locked: refusal(
    'ConflictError',
    409,
    "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
  ),
  forced: aDeployment,
  'the former still runs': false,
  ended: {},
  'deleted while it waits': aDeployment,

  'group created': aDeployment,
  group: { id: '/clients/tree', version: aVersion, apps: [LEAF], groups: [], pods: [], dependencies: [] },
  groups: ownFault('TypeError', "MarathonGroup.__init__() got an unexpected keyword argument 'enforce_role'"),
  'group scaled': aDeployment,
  'leaf after the scaling': 2,
  'group updated': aDeployment,
  dependencies: ['/clients/web'],
  'group rolled back': refusal('MarathonHttpError', 405, 'Method Not Allowed'),
  'group deleted': aDeployment,
  'missing group': refusal('NotFoundError', 404, "Group '/clients/tree' does not exist"),

  deleted: aDeployment,
  events: expect.any(Array),
  'plans on the typed stream': ownFault('AttributeError', "'NoneType' object has no attribute 'items'"),
  'apps at the end': [],
  abdicated: { message: 'Leadership abdicated' },
});
