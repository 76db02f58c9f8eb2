import { createApi } from '../../functions/api/api.ts';
import type { ApiResponse } from '../../functions/api/http.ts';
import { createIngest } from '../../functions/events/ingest/ingest.ts';
import { createPublish } from '../../functions/events/publish/publish.ts';
import { createHealth } from '../../functions/health/health.ts';
import type { Log } from '../../functions/runtime/log.ts';
import { createCallBudget } from '../../functions/scheduler-tick/call-budget.ts';
import { createPass } from '../../functions/scheduler-tick/pass.ts';
import { createTick, type TickReason } from '../../functions/scheduler-tick/tick.ts';
import type { Bus } from '../../lib/gateways/bus.ts';
import type { Clock } from '../../lib/gateways/clock.ts';
import type { Cluster } from '../../lib/gateways/cluster.ts';
import { createMemoryStore } from '../../lib/gateways/memory-store.ts';
import { createMemoryTaskFiles } from '../../lib/gateways/memory-task-files.ts';
import type { Probes } from '../../lib/gateways/probes.ts';
import { type MarathonEvent, PROBE_DETAIL_TYPE, WAKE_DETAIL_TYPE } from '../../lib/model/outbox.ts';
import type { StartTaskRequest } from '../../lib/model/task.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { BucketSize } from '../../lib/model/token-bucket.ts';
import { connectEventLog, type EventLog } from '../../lib/state/event-log.ts';
import { createState, type State } from '../../lib/state/state.ts';
import { aConfig } from '../fixtures/a-config.ts';
import { createAttention } from './attention.ts';
import { agentEventBody, taskEventBody } from './ecs-event.ts';
import { createEventQueue, settled } from './event-queue.ts';
import type { Gateways } from './faults.ts';
import { createMonitor } from './monitor.ts';
import { observedGateways, type Writer } from './observed-gateways.ts';
import type { ProcessName } from './process-name.ts';
import { seededIds } from './seeded-ids.ts';
import { createSimulatedCluster } from './simulated-cluster.ts';
import { createTableStream } from './table-stream.ts';
import { createVirtualClock } from './virtual-clock.ts';

const API_TIMEOUT = 30_000;
/** As in the stack, unless it is told otherwise: `tickTimeoutSeconds`. */
const TICK_TIME = 90_000;
const MINUTE = 60_000;
const HOP = 5;
const INGEST_TIMEOUT = 30_000;
const PUBLISH_TIMEOUT = 30_000;
const HEALTH_TIMEOUT = 15 * 60_000;
const ROOM = 100;
/** Calls at once, and a second, where nothing limits them. */
const UNLIMITED = 1_000_000;

export interface ControlPlaneOptions {
  readonly agents?: number;
  /** When the copies of an ECS event arrive, in ms; none: the event is lost (design principle 4). */
  readonly eventDelays?: () => readonly number[];
  /** What stands between a process and its gateways, such as faults. `endsAt`: of its present invocation. */
  readonly gatewaysOf?: (process: ProcessName, real: Gateways, endsAt: () => Instant) => Partial<Gateways>;
  /**
   * Which of the idle processes takes the next tick, as an index, those that ended last being last; undefined: a new
   * one. Default: the one that ended last; with `gatewaysOf` always a new one.
   */
  readonly warmTick?: (idle: number) => number | undefined;
  /** How far the clock of a new invocation is off, ms. */
  readonly skewOf?: () => number;
  /** How old the answer of a list call of ECS is, ms. */
  readonly lagOf?: () => number;
  /** How long after its start a task ends by itself, ms; undefined: it goes on. */
  readonly lifeOf?: (request: StartTaskRequest) => number | undefined;
  /** How long after its start a task runs, ms. */
  readonly startUpOf?: () => number;
  /** AWS's limit on starting and stopping tasks; absent: none, and the scheduler has a budget to match. */
  readonly ecsCalls?: BucketSize;
  /** Whether everything that was announced and published is kept for a judge. Default true. */
  readonly keepsNews?: boolean;
}

/** The real handlers on in-memory gateways, a simulated ECS and virtual time: the whole system in one process. */
export function createControlPlane({
  agents = 3,
  eventDelays = () => [HOP],
  gatewaysOf,
  warmTick = (idle) => (gatewaysOf === undefined ? idle - 1 : undefined),
  skewOf = () => 0,
  lagOf = () => 0,
  lifeOf = () => undefined,
  startUpOf,
  ecsCalls,
  keepsNews = true,
}: ControlPlaneOptions = {}) {
  const clock = createVirtualClock();
  const ids = seededIds();
  const config = aConfig({
    region: 'local',
    ...(ecsCalls === undefined && { ecsCalls: { burst: UNLIMITED, perSecond: UNLIMITED } }),
  });
  const store = createMemoryStore();
  const state = createState(store, config.scheduler);
  const events = createMemoryStore();
  const eventLog = connectEventLog(events, config.scheduler);
  const taskFiles = createMemoryTaskFiles();
  const errors: string[] = [];
  const published: MarathonEvent[] = [];
  const log: Log = {
    info: () => undefined,
    error: (message, error) => errors.push(`${message}: ${error instanceof Error ? error.message : String(error)}`),
  };
  const noteError = (error: unknown): void => {
    errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };

  const attention = createAttention(clock);
  const writer: Writer = { process: undefined, since: undefined };
  /** One invocation: false when it failed, or did not end within its time-out. */
  async function invoke(timeout: number, work: Promise<unknown>): Promise<boolean> {
    const outcome = work.then(
      () => true,
      (error: unknown) => {
        noteError(error);
        return false;
      },
    );
    const over = new AbortController();
    const timedOut = clock.sleep(timeout, over.signal).then(() => false);
    return Promise.race([outcome, timedOut]).finally(() => over.abort('done'));
  }

  const { decode: decodeInstance } = state.instances;
  const monitor = createMonitor({
    clock,
    decodeInstance,
    quietSince: attention.quietSince,
    keepsAnnouncements: keepsNews,
  });
  const cluster = createSimulatedCluster({
    clock,
    agents,
    lagOf,
    lifeOf,
    ...(startUpOf !== undefined && { startUpOf }),
    ecsCalls,
    emit: (task) => {
      monitor.taskChanged(task);
      for (const delay of eventDelays()) clock.after(delay, () => queue.send(taskEventBody(task)));
    },
    emitAgent: (agent) => {
      for (const delay of eventDelays()) clock.after(delay, () => queue.send(agentEventBody(agent)));
    },
  });
  const bus: Bus = {
    async send(entries) {
      for (const entry of entries) {
        if (entry.detailType === WAKE_DETAIL_TYPE) clock.after(HOP, () => startTick('wake'));
        else if (entry.detailType === PROBE_DETAIL_TYPE) clock.after(HOP, startProber);
        else if (keepsNews) published.push(entry.detail as MarathonEvent);
      }
    },
  };
  const real: Gateways = { store, events, cluster, bus };
  const skewed = (): Clock => {
    const skew = skewOf();
    return { now: () => clock.now() + skew, sleep: clock.sleep };
  };
  interface Process {
    readonly state: State;
    readonly eventLog: EventLog;
    readonly cluster: Cluster;
    readonly bus: Bus;
  }
  const warmProcess: Process = { state, eventLog, cluster, bus };
  function newProcess(name: ProcessName, endsAt: () => Instant): Process {
    if (gatewaysOf === undefined) return warmProcess;
    const observed = observedGateways(real, name, { writer, attention, monitor, now: clock.now });
    const gateways = { ...observed, ...gatewaysOf(name, observed, endsAt) };
    return {
      state: createState(gateways.store, config.scheduler),
      eventLog: connectEventLog(gateways.events, config.scheduler),
      cluster: gateways.cluster,
      bus: gateways.bus,
    };
  }

  /** A process that starts now and is ended after `timeout`. */
  function coldProcess(name: ProcessName, timeout: number): Process {
    const endsAt = clock.now() + timeout;
    return newProcess(name, () => endsAt);
  }

  const queue = createEventQueue(clock, async (bodies) => {
    const ingest = createIngest({ ...coldProcess('ingest', INGEST_TIMEOUT), clock: skewed(), log });
    const handled = new Set<number>();
    const work = bodies.map(async (body, index) => {
      await ingest(body);
      handled.add(index);
    });
    await invoke(INGEST_TIMEOUT, settled(work));
    return handled;
  });

  const tickDeps = (process: Process, ownClock: Clock) => ({ ...process, clock: ownClock, ids, config, log });
  interface TickProcess {
    endsAt: Instant;
    readonly clock: Clock;
    readonly tick: ReturnType<typeof createTick>;
  }
  const idleTicks: TickProcess[] = [];
  function newTickProcess(): TickProcess {
    const ownClock = skewed();
    const process: TickProcess = {
      endsAt: 0,
      clock: ownClock,
      tick: createTick(
        tickDeps(
          newProcess('tick', () => process.endsAt),
          ownClock,
        ),
      ),
    };
    return process;
  }
  /** As Lambda does: a process takes one invocation after another, with what it remembers, until one does not end well. */
  async function runTick(reason: TickReason): Promise<void> {
    const [idle] = idleTicks.splice(warmTick(idleTicks.length) ?? idleTicks.length, 1);
    const process = idle ?? newTickProcess();
    process.endsAt = clock.now() + TICK_TIME;
    const work = process.tick(reason, process.clock.now() + TICK_TIME, new AbortController().signal).then(() => {
      if (clock.now() < process.endsAt) idleTicks.push(process);
    });
    if (!(await invoke(TICK_TIME, work))) attention.tickFailed();
  }
  const startTick = (reason: TickReason): void => void runTick(reason);
  /** One pass beside all others, without the lease: nothing may rest on that (design principle 5). */
  function startRival(walk: boolean): void {
    const deps = tickDeps(coldProcess('tick', TICK_TIME), skewed());
    const pass = createPass({ ...deps, budget: createCallBudget(deps.clock, config.ecsCalls) });
    void invoke(TICK_TIME, pass({ fence: 0, walk, end: deps.clock.now() + TICK_TIME }));
  }

  const probes: Probes = {
    async ask(target) {
      const answer = cluster.ask(target);
      monitor.health.answered(answer);
      await clock.sleep(HOP);
      return answer.outcome;
    },
  };
  function startProber(): void {
    const process = coldProcess('health', HEALTH_TIMEOUT);
    const probe = createHealth({ ...process, probes, clock, ids, log, shards: 1, room: ROOM, meter: () => undefined });
    void invoke(HEALTH_TIMEOUT, probe(0, clock.now() + HEALTH_TIMEOUT, new AbortController().signal));
  }

  const stream = createTableStream(clock, (batch) => {
    const process = coldProcess('publish', PUBLISH_TIMEOUT);
    const publish = createPublish({ ...process, clock: skewed(), scheduler: config.scheduler });
    return invoke(PUBLISH_TIMEOUT, publish(batch));
  });
  store.subscribe((record) => {
    monitor.stored(record, clock.now(), writer.since);
    if (writer.process !== undefined) attention.wrote(writer.process, record);
    if (record.item?.['outbox'] !== undefined) stream.push(record);
  });
  const everyMinute = (): void => {
    startTick('timer');
    clock.after(MINUTE, everyMinute);
  };
  clock.after(0, everyMinute);

  const warmApi = createApi({ state, taskFiles, clock, ids, config, log });
  return {
    clock,
    cluster,
    store,
    state,
    taskFiles,
    eventLog,
    errors,
    published,
    monitor,
    attention,
    startTick,
    startRival,
    request(
      method: string,
      path: string,
      body?: unknown,
      query: Readonly<Record<string, string>> = {},
      headers: Readonly<Record<string, string>> = {},
    ): Promise<ApiResponse> {
      const api =
        gatewaysOf === undefined
          ? warmApi
          : createApi({ ...coldProcess('api', API_TIMEOUT), taskFiles, clock, ids, config, log });
      const answer = api({
        method,
        path,
        query: new Map(Object.entries(query).map(([name, value]) => [name, [value]])),
        headers: new Map([['host', 'api.test:8080'], ...Object.entries(headers)]),
        body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
        clientIp: '127.0.0.1',
        requestId: 'request',
      });
      void invoke(API_TIMEOUT, answer);
      return answer;
    },
  };
}

export type ControlPlane = ReturnType<typeof createControlPlane>;
