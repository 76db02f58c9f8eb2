import { createApi } from '../../functions/api/api.ts';
import type { ApiResponse } from '../../functions/api/http.ts';
import { createIngest } from '../../functions/events/ingest/ingest.ts';
import { createPublish } from '../../functions/events/publish/publish.ts';
import type { Log } from '../../functions/runtime/log.ts';
import { createTick, type TickReason } from '../../functions/scheduler-tick/tick.ts';
import type { BusEntry } from '../../lib/gateways/bus.ts';
import type { Clock } from '../../lib/gateways/clock.ts';
import { createMemoryStore } from '../../lib/gateways/memory-store.ts';
import type { ChangeRecord } from '../../lib/gateways/store.ts';
import { type MarathonEvent, WAKE_DETAIL_TYPE } from '../../lib/model/outbox.ts';
import type { TaskSighting } from '../../lib/model/task.ts';
import type { BucketSize } from '../../lib/model/token-bucket.ts';
import { connectEventLog } from '../../lib/state/event-log.ts';
import { createState, type State } from '../../lib/state/state.ts';
import { aConfig } from '../fixtures/a-config.ts';
import type { Gateways } from './faults.ts';
import { createMonitor } from './monitor.ts';
import { seededIds } from './seeded-ids.ts';
import { createSimulatedCluster } from './simulated-cluster.ts';
import { createVirtualClock } from './virtual-clock.ts';

const TICK_TIME = 60_000;
const MINUTE = 60_000;
const HOP = 5;
const INGEST_TIMEOUT = 30_000;
const PUBLISH_TIMEOUT = 30_000;
const VISIBILITY = 30_000;
const MAX_RECEIVES = 5;
const QUEUE_BATCH = 10;
const STREAM_BATCH = 100;
const STREAM_RETRY = 1_000;
/** Calls at once, and a second, where nothing limits them. */
const UNLIMITED = 1_000_000;

/** An ECS event as the queue delivers it. */
export function eventBody(task: TaskSighting): string {
  const {
    arn,
    launch,
    containerInstance,
    exitCode,
    containerReason,
    bindings,
    createdAt,
    startedAt,
    stoppedAt,
    ...rest
  } = task;
  const iso = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : new Date(at).toISOString();
  const detail = {
    ...rest,
    taskArn: arn,
    startedBy: launch,
    containerInstanceArn: containerInstance,
    createdAt: iso(createdAt),
    startedAt: iso(startedAt),
    stoppedAt: iso(stoppedAt),
    containers: [{ exitCode, reason: containerReason, networkBindings: bindings }],
  };
  return JSON.stringify({ 'detail-type': 'ECS Task State Change', detail });
}

/** An event on its way to the tables. */
interface Message {
  readonly body: string;
  readonly receives: number;
}

/** Waits for all of them; then throws what the first failure was. */
async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** What runs as an invocation of its own. */
export type ProcessName = 'api' | 'ingest' | 'publish' | 'tick';

export interface ControlPlaneOptions {
  readonly agents?: number;
  /** When the copies of an ECS event arrive, in ms; none: the event is lost (design principle 4). */
  readonly eventDelays?: () => readonly number[];
  /** What stands between an invocation and its gateways, such as faults; without it all invocations are warm. */
  readonly gatewaysOf?: (process: ProcessName, real: Gateways) => Gateways;
  /** How far the clock of a new invocation is off, ms. */
  readonly skewOf?: () => number;
  /** How old the answer of a list call of ECS is, ms. */
  readonly lagOf?: () => number;
  /** AWS's limit on starting and stopping tasks; absent: none, and the scheduler has a budget to match. */
  readonly ecsCalls?: BucketSize;
}

/** The real handlers on in-memory gateways, a simulated ECS and virtual time: the whole system in one process. */
export function createControlPlane({
  agents = 3,
  eventDelays = () => [HOP],
  gatewaysOf,
  skewOf = () => 0,
  lagOf = () => 0,
  ecsCalls,
}: ControlPlaneOptions = {}) {
  const clock = createVirtualClock();
  const ids = seededIds();
  const config = aConfig({
    region: 'local',
    ...(ecsCalls === undefined && { ecsCalls: { burst: UNLIMITED, perSecond: UNLIMITED } }),
  });
  const store = createMemoryStore();
  const state = createState(store, config.scheduler);
  const eventLog = connectEventLog(createMemoryStore(), config.scheduler);
  const errors: string[] = [];
  const published: MarathonEvent[] = [];
  const log: Log = {
    info: () => undefined,
    error: (message, error) => errors.push(`${message}: ${error instanceof Error ? error.message : String(error)}`),
  };
  const noteError = (error: unknown): void => {
    errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };

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

  const monitor = createMonitor();
  const cluster = createSimulatedCluster({
    clock,
    agents,
    lagOf,
    ecsCalls,
    emit: (task) => {
      monitor.taskChanged(task);
      for (const delay of eventDelays()) clock.after(delay, () => arrive({ body: eventBody(task), receives: 1 }));
    },
  });
  const real: Gateways = { store, cluster };
  const skewed = (): Clock => {
    const skew = skewOf();
    return { now: () => clock.now() + skew, sleep: clock.sleep };
  };
  const stateOf = (process: ProcessName): { readonly state: State; readonly gateways: Gateways } => {
    if (gatewaysOf === undefined) return { state, gateways: real };
    const gateways = gatewaysOf(process, real);
    return { state: createState(gateways.store, config.scheduler), gateways };
  };

  /** The queue: messages go in batches to one invocation each; what it did not handle comes again later. */
  const arrived: Message[] = [];
  function arrive(message: Message): void {
    arrived.push(message);
    if (arrived.length === 1) clock.after(1, receive);
  }
  function receive(): void {
    while (arrived.length > 0) void handle(arrived.splice(0, QUEUE_BATCH));
  }
  async function handle(batch: readonly Message[]): Promise<void> {
    const ingest = createIngest({ state: stateOf('ingest').state, clock: skewed(), log });
    const open = new Set(batch);
    const work = batch.map(async (message) => {
      await ingest(message.body);
      open.delete(message);
    });
    await invoke(INGEST_TIMEOUT, settled(work));
    for (const { body, receives } of open) {
      if (receives < MAX_RECEIVES) clock.after(VISIBILITY, () => arrive({ body, receives: receives + 1 }));
    }
  }

  const bus = {
    async send(entries: readonly BusEntry[]) {
      for (const entry of entries) {
        if (entry.detailType === WAKE_DETAIL_TYPE) clock.after(HOP, () => startTick('wake'));
        else published.push(entry.detail as MarathonEvent);
      }
    },
  };
  const newTick = (process: { readonly state: State; readonly gateways: Gateways }, ownClock: Clock) =>
    createTick({ state: process.state, cluster: process.gateways.cluster, bus, clock: ownClock, ids, config, log });
  const warm = newTick({ state, gateways: real }, clock);
  const startTick = (reason: TickReason): void => {
    const ownClock = skewed();
    const tick = gatewaysOf === undefined ? warm : newTick(stateOf('tick'), ownClock);
    void invoke(TICK_TIME, tick(reason, ownClock.now() + TICK_TIME, new AbortController().signal));
  };

  /** The stream: in order, one batch at a time; a batch that failed comes again until it is handled. */
  const waiting: ChangeRecord[] = [];
  let feeding = false;
  async function feed(): Promise<void> {
    if (feeding) return;
    feeding = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, STREAM_BATCH);
      const publish = createPublish({
        state: stateOf('publish').state,
        eventLog,
        bus,
        clock: skewed(),
        scheduler: config.scheduler,
      });
      if (await invoke(PUBLISH_TIMEOUT, publish(batch))) waiting.splice(0, batch.length);
      else await clock.sleep(STREAM_RETRY);
    }
    feeding = false;
  }
  store.subscribe((record) => {
    monitor.stored(record);
    if (record.item?.['outbox'] === undefined) return;
    waiting.push(record);
    // The stream reaches its function a moment later, with all that came meanwhile.
    if (waiting.length === 1) clock.after(HOP, () => void feed());
  });
  const everyMinute = (): void => {
    startTick('timer');
    clock.after(MINUTE, everyMinute);
  };
  clock.after(0, everyMinute);

  const warmApi = createApi({ state, clock, ids, config, log });
  return {
    clock,
    cluster,
    store,
    state,
    eventLog,
    errors,
    published,
    monitor,
    startTick,
    request(
      method: string,
      path: string,
      body?: unknown,
      query: Readonly<Record<string, string>> = {},
    ): Promise<ApiResponse> {
      const api =
        gatewaysOf === undefined ? warmApi : createApi({ state: stateOf('api').state, clock, ids, config, log });
      return api({
        method,
        path,
        query: new Map(Object.entries(query).map(([name, value]) => [name, [value]])),
        headers: new Map([['host', 'api.test:8080']]),
        body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
        clientIp: '127.0.0.1',
        requestId: 'request',
      });
    },
  };
}

export type ControlPlane = ReturnType<typeof createControlPlane>;
