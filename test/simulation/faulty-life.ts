import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import * as z from 'zod';
import { claimsOf } from '../../lib/state/claims.ts';
import { type ControlPlane, createControlPlane } from './control-plane.ts';
import { type Fault, type GatewayCall, withFaults } from './faults.ts';
import { readLog } from './judge-end.ts';
import type { ProcessName } from './process-name.ts';

const APP = '/v2/apps/shop/cart';
/** An app whose rolling replacement neither exceeds three tasks nor leaves fewer than two. */
const DEFINITION = {
  id: '/shop/cart',
  cmd: './serve',
  cpus: 1,
  mem: 128,
  instances: 2,
  upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
};
/** Every fault heals by then: the lease runs out after 6 s, the timer comes each minute, silence ends after 75 s. */
const PATIENCE = 8 * 60_000;
/** Longer than an invocation lives: what a request without an answer asked for has happened by then, or never does. */
const CLIENT_TIMEOUT = 31_000;
const ATTEMPTS = 3;
/** While a tick stalls another one starts, this long before the first goes on. */
const RIVAL_LEAD = 100;
const STEP_MS = 500;

/** A call of any process; `index` counts all of them. */
export interface LifeCall extends GatewayCall {
  readonly process: ProcessName;
}

export interface LifeOptions {
  readonly faultAt?: (call: LifeCall) => Fault | undefined;
  /** Every event of ECS is lost: only the timer's walks tell what became of the tasks. */
  readonly eventsLost?: boolean;
}

export interface LifeReport {
  /** How many calls there were, by process and gateway: `tick store`. */
  readonly calls: ReadonlyMap<string, number>;
  /** What had to be reached, and how long it took, ms. */
  readonly stages: readonly { readonly stage: string; readonly milliseconds: number }[];
}

const shownApp = z.object({ app: z.object({ cmd: z.string(), instances: z.number() }) });
type ShownApp = z.infer<typeof shownApp>['app'] | undefined;

/**
 * One life of an app, with faults in all that the control plane runs: created, one task lost, scaled up, replaced,
 * deleted. Every stage must be reached and hold, nothing may ever be doubled on the way, and nothing may be left.
 */
export async function liveThrough({ faultAt = () => undefined, eventsLost = false }: LifeOptions): Promise<LifeReport> {
  const calls = new Map<string, number>();
  const stages: { readonly stage: string; readonly milliseconds: number }[] = [];
  let count = 0;
  let stalledUntil = 0;
  let observing = false;

  function fateOf(process: ProcessName, call: GatewayCall): Fault | undefined {
    const name = `${process} ${call.gateway}`;
    calls.set(name, (calls.get(name) ?? 0) + 1);
    count += 1;
    const fault = faultAt({ ...call, process, index: count - 1 });
    if (fault?.kind === 'stall') {
      stalledUntil = plane.clock.now() + fault.ms;
      if (process === 'tick') plane.clock.after(fault.ms - RIVAL_LEAD, () => plane.startTick('wake'));
    }
    return fault;
  }
  const plane: ControlPlane = createControlPlane({
    agents: 2,
    ...(eventsLost && { eventDelays: () => [] }),
    gatewaysOf: (process, real, endsAt) =>
      observing ? real : withFaults(real, plane.clock, (call) => fateOf(process, call), endsAt),
  });

  /** What a reader gets, who meets no fault. */
  async function observe(path: string): Promise<Awaited<ReturnType<ControlPlane['request']>>> {
    observing = true;
    const answer = plane.request('GET', path);
    observing = false;
    return answer;
  }
  async function observeApp(): Promise<ShownApp> {
    const { status, json } = await observe(APP);
    return status === 404 ? undefined : shownApp.parse(json).app;
  }

  /** As a careful client: without a good answer it looks whether its change was made, and asks again if not. */
  async function change(wanted: ShownApp, ...request: Parameters<ControlPlane['request']>): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const answered = await withinPatience(plane.request(...request).then(({ status }) => status));
      const shown = await observeApp();
      if (answered === 200 || answered === 201) expect(shown).toEqual(wanted);
      if (shown?.cmd === wanted?.cmd && shown?.instances === wanted?.instances) return;
    }
    throw new Error(`not accepted: ${JSON.stringify(request)}`);
  }
  async function withinPatience<T>(work: Promise<T>): Promise<T | undefined> {
    let outcome: { readonly value: T | undefined } | undefined;
    void Promise.race([work, plane.clock.sleep(CLIENT_TIMEOUT).then(() => undefined)]).then((value) => {
      outcome = { value };
    });
    for (await plane.clock.pass(0); outcome === undefined; ) await plane.clock.pass(STEP_MS);
    return outcome.value;
  }

  const liveTasks = () =>
    [...plane.cluster.tasks.values()].filter(({ sighting }) => sighting.lastStatus !== 'STOPPED').length;
  async function isQuiet(running: number): Promise<boolean> {
    const root = await plane.state.definitions.readRoot();
    const deployments = Object.keys(root.value.running).length;
    return liveTasks() === running && plane.cluster.running().length === running && deployments === 0;
  }
  /** Lets time pass until the stage is reached. */
  async function reach(stage: string, isReached: () => Promise<boolean>): Promise<void> {
    const begin = plane.clock.now();
    while (!(await isReached())) {
      if (plane.clock.now() >= begin + PATIENCE) throw new Error(`not reached: ${stage}`);
      await plane.clock.pass(STEP_MS);
    }
    stages.push({ stage, milliseconds: plane.clock.now() - begin });
  }

  plane.monitor.allow(2);
  await change({ cmd: './serve', instances: 2 }, 'POST', '/v2/apps', DEFINITION);
  await reach('two run', () => isQuiet(2));

  const [victim] = plane.cluster.running();
  if (victim !== undefined) plane.cluster.exit(victim.sighting.arn, 1);
  await reach('two run after a crash', () => isQuiet(2));

  plane.monitor.allow(3);
  await change({ cmd: './serve', instances: 3 }, 'PUT', APP, { instances: 3 });
  await reach('three run', () => isQuiet(3));

  const old = new Set(plane.cluster.running().map(({ sighting }) => sighting.arn));
  await change({ cmd: './serve --new', instances: 3 }, 'PUT', APP, { cmd: './serve --new' });
  const isReplaced = () => plane.cluster.running().every(({ sighting }) => !old.has(sighting.arn));
  await reach('three new ones run', async () => (await isQuiet(3)) && isReplaced());

  await change(undefined, 'DELETE', APP);
  /** Everything that a reader could see, and everything that was announced. */
  async function leftOvers() {
    const agents = await plane.state.agents.list();
    const logged = await readLog(plane);
    return {
      live: liveTasks(),
      claims: agents.flatMap(({ claims }) => claimsOf(claims.value)),
      queue: await plane.state.instances.listQueue(),
      marks: await plane.state.coordination.listDirty(),
      apps: (await observe('/v2/apps')).json,
      tasks: (await observe('/v2/tasks')).json,
      deployments: (await observe('/v2/deployments')).json,
      unpublished: [...plane.monitor.announced()].filter((id) => !logged.has(id)),
      violations: plane.monitor.violations(),
    };
  }
  const nothing = {
    ...{ live: 0, claims: [], queue: [], marks: [], apps: { apps: [] }, tasks: { tasks: [] } },
    ...{ deployments: [], unpublished: [], violations: [] },
  };
  await reach('nothing is left', async () => isDeepStrictEqual(await leftOvers(), nothing)).catch(async () => {
    expect(await leftOvers()).toEqual(nothing);
  });
  await plane.clock.pass(Math.max(0, stalledUntil + 1_000 - plane.clock.now()));
  expect(await leftOvers()).toEqual(nothing);
  return { calls, stages };
}
