import type { AgentSighting, Cluster } from '../../lib/gateways/cluster.ts';
import type { AgentId, ContainerInstanceArn, TaskArn } from '../../lib/model/ids.ts';
import type { ProbeOutcome, ProbeTarget } from '../../lib/model/probe.ts';
import { addResources, type Resources, subtractResources } from '../../lib/model/resources.ts';
import type { StartTaskRequest, TaskSighting } from '../../lib/model/task.ts';
import { type BucketSize, fullBucket, takeToken } from '../../lib/model/token-bucket.ts';
import type { Answer } from './health-watch.ts';
import type { VirtualClock } from './virtual-clock.ts';

const START_UP_MS = () => 400;
const STOP_MS = 200;

export interface SimulatedTask {
  readonly request: StartTaskRequest;
  sighting: TaskSighting;
}

export interface SimulatedCluster extends Cluster {
  readonly tasks: ReadonlyMap<TaskArn, SimulatedTask>;
  /** Ends a task by itself, as a process that exits. */
  exit(arn: TaskArn, exitCode: number): void;
  running(): readonly SimulatedTask[];
  /** From now on the task fails its health checks, or passes them again. */
  setSick(arn: TaskArn, sick: boolean): void;
  /** What the task at an agent's address and port answers to a health check; with SICK in its environment: failures. */
  ask(target: ProbeTarget): Answer;
  /** How many calls were refused for want of a token. */
  throttled(): number;
  /** Cuts an agent off, or brings it back: meanwhile it starts nothing, and is told of no stop. */
  setConnected(agent: number, connected: boolean): void;
  /** Marks an agent to be emptied, or takes that back. */
  setDraining(agent: number, draining: boolean): void;
  /** Takes an agent off the cluster, with the end of all its tasks, or brings it back. */
  setListed(agent: number, listed: boolean): void;
  /** The machine goes and comes back: all its tasks end. */
  loseTasks(agent: number): void;
}

interface Options {
  readonly clock: VirtualClock;
  readonly agents: number;
  /** How old the answers of list calls are, ms: ECS is eventually consistent. */
  readonly lagOf?: () => number;
  /** How long after it is up a task ends by itself, ms; undefined: it goes on. */
  readonly lifeOf?: (request: StartTaskRequest) => number | undefined;
  /** How long after its start a task runs, ms. */
  readonly startUpOf?: () => number;
  /** AWS's bucket for StartTask and StopTask; absent: no limit. */
  readonly ecsCalls?: BucketSize | undefined;
  /** Receives every task event, as EventBridge would deliver it. */
  readonly emit: (task: TaskSighting) => void;
  /** Of agents that come, go, or are to be emptied. */
  readonly emitAgent?: (agent: AgentSighting) => void;
}

/** What every simulated agent has. */
export const EACH_AGENT: Resources = { cpus: 4, mem: 8192, disk: 20_480, gpus: 0 };

const addressOf = (agent: AgentId): string => `10.0.0.${Number(agent.slice(2)) + 1}`;

const answered = (status: number): ProbeOutcome => ({
  kind: 'answered',
  status,
  reason: '',
  contentType: 'text/plain',
  body: '',
});

/** ECS in memory: container instances with resources, a life cycle in virtual time, events of every change. */
export function createSimulatedCluster({
  clock,
  agents,
  emit,
  emitAgent = () => undefined,
  lagOf = () => 0,
  lifeOf = () => undefined,
  startUpOf = START_UP_MS,
  ecsCalls,
}: Options): SimulatedCluster {
  const tasks = new Map<TaskArn, SimulatedTask>();
  const sick = new Set<TaskArn>();
  const definitions = new Map<string, string>();
  const remaining = new Map<ContainerInstanceArn, Resources>();
  const zones = ['local-a', 'local-b', 'local-c'];
  const arnOf = (index: number) => `arn:aws:ecs:local:0:container-instance/stride/${index}` as ContainerInstanceArn;
  for (let index = 0; index < agents; index += 1) remaining.set(arnOf(index), EACH_AGENT);

  /** Every state of every task with its time: what a lagging answer is made of. */
  const past = new Map<TaskArn, { readonly at: number; readonly sighting: TaskSighting }[]>();
  const note = (sighting: TaskSighting): void => {
    const states = past.get(sighting.arn) ?? [];
    past.set(sighting.arn, states);
    states.push({ at: clock.now(), sighting });
  };

  let calls = ecsCalls === undefined ? undefined : fullBucket(ecsCalls, clock.now());
  let throttles = 0;
  /** As ECS: a call that finds no token is refused and costs nothing. */
  function isThrottled(): boolean {
    if (ecsCalls === undefined || calls === undefined) return false;
    const taken = takeToken(calls, ecsCalls, clock.now());
    const throttled = taken.usableAt > clock.now();
    if (throttled) throttles += 1;
    else calls = taken.bucket;
    return throttled;
  }

  const cutOff = new Set<ContainerInstanceArn>();
  const versions = new Map<ContainerInstanceArn, number>();
  const draining = new Set<ContainerInstanceArn>();
  /** Stops that their agents will hear of once they are back. */
  const untold = new Map<ContainerInstanceArn, (() => void)[]>();
  const whenTold = (agent: ContainerInstanceArn, action: () => void): void => {
    if (cutOff.has(agent)) untold.set(agent, [...(untold.get(agent) ?? []), action]);
    else action();
  };
  /** When each agent left or joined the cluster. */
  const memberships = new Map<ContainerInstanceArn, { readonly at: number; readonly listed: boolean }[]>();
  const isListed = (arn: ContainerInstanceArn, asOf: number): boolean =>
    memberships.get(arn)?.findLast(({ at }) => at <= asOf)?.listed ?? true;

  const needs = ({ container }: StartTaskRequest): Resources => ({
    cpus: container.cpu / 1024,
    mem: container.memoryReservation ?? container.memory ?? 0,
    disk: 0,
    gpus: 0,
  });

  function change(arn: TaskArn, fields: Partial<TaskSighting>): void {
    const task = tasks.get(arn);
    if (task === undefined || task.sighting.lastStatus === 'STOPPED') return;
    task.sighting = { ...task.sighting, ...fields, version: task.sighting.version + 1 };
    if (task.sighting.lastStatus === 'STOPPED') {
      const free = remaining.get(task.request.containerInstance) ?? EACH_AGENT;
      remaining.set(task.request.containerInstance, addResources(free, needs(task.request)));
    }
    note(task.sighting);
    emit(task.sighting);
  }

  function stop(arn: TaskArn, stopCode: string, extra: Partial<TaskSighting>): void {
    const task = tasks.get(arn);
    if (task === undefined) return;
    change(arn, { desiredStatus: 'STOPPED', stopCode, ...extra });
    whenTold(task.request.containerInstance, () =>
      clock.after(STOP_MS, () => change(arn, { lastStatus: 'STOPPED', stoppedAt: clock.now() })),
    );
  }

  const exit = (arn: TaskArn, exitCode: number): void =>
    change(arn, {
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      exitCode,
      stoppedAt: clock.now(),
    });

  const indexOf = (arn: ContainerInstanceArn): number => Number(arn.slice(arn.lastIndexOf('/') + 1));
  function sightAgent(arn: ContainerInstanceArn): AgentSighting {
    const index = indexOf(arn);
    return {
      id: `i-${index}` as AgentId,
      arn,
      version: versions.get(arn) ?? 1,
      status: draining.has(arn) ? 'DRAINING' : 'ACTIVE',
      connected: !cutOff.has(arn),
      registered: EACH_AGENT,
      remaining: remaining.get(arn) ?? EACH_AGENT,
      ports: [{ begin: 31_000, end: 32_000 }],
      attributes: { rack: `r${index % 3}` },
      roles: ['*'],
      region: 'local',
      zone: zones[index % zones.length] ?? 'local-a',
    };
  }
  function tellAgent(arn: ContainerInstanceArn): void {
    versions.set(arn, (versions.get(arn) ?? 1) + 1);
    emitAgent(sightAgent(arn));
  }

  function loseTasks(agent: number): void {
    for (const [arn, { request }] of tasks) {
      if (request.containerInstance !== arnOf(agent)) continue;
      change(arn, {
        lastStatus: 'STOPPED',
        desiredStatus: 'STOPPED',
        stopCode: 'TerminationNotice',
        stoppedReason: 'the machine went away',
        stoppedAt: clock.now(),
      });
    }
  }

  const sightings = (filter: (task: TaskSighting) => boolean): readonly TaskSighting[] => {
    const asOf = clock.now() - lagOf();
    return [...past.values()].flatMap((states) => {
      const then = states.findLast(({ at }) => at <= asOf)?.sighting;
      return then !== undefined && filter(then) ? [then] : [];
    });
  };

  return {
    tasks,
    running: () => [...tasks.values()].filter(({ sighting }) => sighting.lastStatus === 'RUNNING'),
    setSick(arn, isSick) {
      if (isSick) sick.add(arn);
      else sick.delete(arn);
    },
    ask({ host, port }) {
      const agent = arnOf(Number(host.split('.').at(-1)) - 1);
      const found = [...tasks].find(
        ([, { request, sighting }]) =>
          request.containerInstance === agent &&
          sighting.lastStatus === 'RUNNING' &&
          request.container.environment['PORT0'] === String(port),
      );
      if (found === undefined)
        return { arn: undefined, outcome: { kind: 'failed', cause: 'refused', timedOut: false } };
      const [arn, { request }] = found;
      const isSick = sick.has(arn) || request.container.environment['SICK'] !== undefined;
      return { arn, outcome: answered(isSick ? 500 : 200) };
    },
    throttled: () => throttles,
    exit,
    setConnected(agent, connected) {
      const arn = arnOf(agent);
      if (cutOff.has(arn) !== connected) return;
      if (!connected) {
        cutOff.add(arn);
        tellAgent(arn);
        return;
      }
      cutOff.delete(arn);
      tellAgent(arn);
      const actions = untold.get(arn) ?? [];
      untold.delete(arn);
      for (const action of actions) action();
    },
    setDraining(agent, isDraining) {
      const arn = arnOf(agent);
      if (draining.has(arn) === isDraining) return;
      if (isDraining) draining.add(arn);
      else draining.delete(arn);
      tellAgent(arn);
    },
    loseTasks,
    setListed(agent, listed) {
      if (!listed) loseTasks(agent);
      const arn = arnOf(agent);
      memberships.set(arn, [...(memberships.get(arn) ?? []), { at: clock.now(), listed }]);
    },
    async listAgents(): Promise<readonly AgentSighting[]> {
      const asOf = clock.now() - lagOf();
      const all = Array.from(remaining.keys(), sightAgent);
      return all.filter(({ arn }) => isListed(arn, asOf));
    },
    async describeHosts(ids) {
      return ids.map((id) => ({ id, host: `host-${id}`, ipAddresses: [addressOf(id)] }));
    },
    async ensureTaskDefinition({ family }) {
      const arn = definitions.get(family) ?? `arn:aws:ecs:local:0:task-definition/${family}:1`;
      definitions.set(family, arn);
      return arn;
    },
    async startTask(request) {
      if (isThrottled()) return { kind: 'throttled' };
      const free = remaining.get(request.containerInstance);
      if (free === undefined || !isListed(request.containerInstance, clock.now()))
        return { kind: 'refused', reason: 'MISSING', detail: '' };
      if (cutOff.has(request.containerInstance)) return { kind: 'refused', reason: 'AGENT', detail: '' };
      const left = subtractResources(free, needs(request));
      if (left.cpus < -1e-9) return { kind: 'refused', reason: 'RESOURCE:CPU', detail: '' };
      if (left.mem < 0) return { kind: 'refused', reason: 'RESOURCE:MEMORY', detail: '' };
      remaining.set(request.containerInstance, left);
      const arn = `arn:aws:ecs:local:0:task/stride/${tasks.size}` as TaskArn;
      const sighting: TaskSighting = {
        arn,
        launch: request.launch,
        group: request.group,
        containerInstance: request.containerInstance,
        version: 1,
        lastStatus: 'PENDING',
        desiredStatus: 'RUNNING',
        createdAt: clock.now(),
        bindings: [],
      };
      tasks.set(arn, { request, sighting });
      note(sighting);
      emit(sighting);
      clock.after(startUpOf(), () => {
        change(arn, { lastStatus: 'RUNNING', startedAt: clock.now() });
        const life = lifeOf(request);
        if (life !== undefined) clock.after(life, () => exit(arn, 1));
      });
      return { kind: 'started', task: sighting };
    },
    async stopTask(arn, reason) {
      if (isThrottled()) return { kind: 'throttled' };
      stop(arn, 'UserInitiated', { stoppedReason: reason });
      const task = tasks.get(arn)?.sighting;
      return task === undefined ? { kind: 'gone' } : { kind: 'stopping', task };
    },
    async findTasks(launch) {
      return sightings((task) => task.launch === launch);
    },
    async describeTasks(arns) {
      // Asked by name, ECS answers with what is.
      return arns.flatMap((arn) => tasks.get(arn)?.sighting ?? []);
    },
    async listTasks() {
      return sightings((task) => task.desiredStatus === 'RUNNING' && task.lastStatus !== 'STOPPED');
    },
  };
}
