import { createApi } from '../../functions/api/api.ts';
import type { ApiResponse } from '../../functions/api/http.ts';
import { createIngest } from '../../functions/events/ingest/ingest.ts';
import { createPublish } from '../../functions/events/publish/publish.ts';
import type { Log } from '../../functions/runtime/log.ts';
import { createTick, type TickReason } from '../../functions/scheduler-tick/tick.ts';
import type { BusEntry } from '../../lib/gateways/bus.ts';
import type { IdSource } from '../../lib/gateways/id-source.ts';
import { createMemoryStore } from '../../lib/gateways/memory-store.ts';
import { type MarathonEvent, WAKE_DETAIL_TYPE } from '../../lib/model/outbox.ts';
import type { TaskSighting } from '../../lib/model/task.ts';
import { connectEventLog } from '../../lib/state/event-log.ts';
import { createState } from '../../lib/state/state.ts';
import { aConfig } from '../fixtures/a-config.ts';
import type { Gateways } from './faults.ts';
import { createMonitor } from './monitor.ts';
import { createSimulatedCluster } from './simulated-cluster.ts';
import { createVirtualClock } from './virtual-clock.ts';

const TICK_TIME = 60_000;
const MINUTE = 60_000;
const HOP = 5;

/** Ids that repeat with the seed: nothing in a run depends on chance. */
function seededIds(): IdSource {
  let count = 0;
  const next = (version: number): string => {
    count += 1;
    return `${count.toString(16).padStart(8, '0')}-0000-${version}000-8000-000000000000`;
  };
  return { uuid: () => next(4), timeUuid: () => next(1), random: () => 0.5 };
}

/** An ECS event as the queue delivers it. */
function eventBody(task: TaskSighting): string {
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

export interface ControlPlaneOptions {
  readonly agents?: number;
  /** False: every ECS event is lost, so only the timer tells (design principle 4). */
  readonly deliverEvents?: boolean;
  /** What stands between a tick and its gateways, such as faults; each invocation is then a process of its own. */
  readonly tickGateways?: (real: Gateways) => Gateways;
}

/** The real handlers on in-memory gateways, a simulated ECS and virtual time: the whole system in one process. */
export function createControlPlane({ agents = 3, deliverEvents = true, tickGateways }: ControlPlaneOptions = {}) {
  const clock = createVirtualClock();
  const ids = seededIds();
  const config = aConfig({ region: 'local' });
  const store = createMemoryStore();
  const state = createState(store, config.scheduler);
  const eventLog = connectEventLog(createMemoryStore(), config.scheduler);
  const errors: string[] = [];
  const published: MarathonEvent[] = [];
  const log: Log = {
    info: () => undefined,
    error: (message, error) => errors.push(`${message}: ${error instanceof Error ? error.message : String(error)}`),
  };
  const guard = (work: Promise<unknown>): void => {
    work.catch((error: unknown) =>
      errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  };

  const ingest = createIngest({ state, clock, log });
  const monitor = createMonitor();
  const cluster = createSimulatedCluster({
    clock,
    agents,
    emit: (task) => {
      monitor.taskChanged(task);
      if (deliverEvents) clock.after(HOP, () => guard(ingest(eventBody(task))));
    },
  });
  const bus = {
    async send(entries: readonly BusEntry[]) {
      for (const entry of entries) {
        if (entry.detailType === WAKE_DETAIL_TYPE) clock.after(HOP, () => startTick('wake'));
        else published.push(entry.detail as MarathonEvent);
      }
    },
  };
  const newTick = (gateways: Gateways) => {
    const tickState = createState(gateways.store, config.scheduler);
    return createTick({ state: tickState, cluster: gateways.cluster, bus, clock, ids, config, log });
  };
  const warm = newTick({ store, cluster });
  const startTick = (reason: TickReason): void => {
    const tick = tickGateways === undefined ? warm : newTick(tickGateways({ store, cluster }));
    guard(tick(reason, clock.now() + TICK_TIME, new AbortController().signal));
  };
  const publish = createPublish({ state, eventLog, bus, clock, scheduler: config.scheduler });
  let feed: Promise<void> = Promise.resolve();
  store.subscribe((record) => {
    monitor.stored(record);
    if (record.item?.['outbox'] === undefined) return;
    feed = feed.then(() => publish([record]));
    guard(feed);
  });
  const everyMinute = (): void => {
    startTick('timer');
    clock.after(MINUTE, everyMinute);
  };
  clock.after(0, everyMinute);

  const api = createApi({ state, clock, ids, config, log });
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
