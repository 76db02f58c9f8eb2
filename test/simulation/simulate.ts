import type { MarathonEvent } from '../../lib/model/outbox.ts';
import { type PathId, resolvePathId } from '../../lib/model/path-id.ts';
import { type ControlPlane, createControlPlane, type ProcessName } from './control-plane.ts';
import { type Fault, type GatewayCall, withFaults } from './faults.ts';
import type { Act } from './history.ts';
import { type Chance, createChance } from './random.ts';

/** How unkind the world is while the history runs; afterwards everything heals. */
export interface Weather {
  /** Probability that a gateway call fails, kills its process or stalls. */
  readonly faults: number;
  /** Probability that an event is lost; the same that it is doubled, and that it is late. */
  readonly events: number;
}

export const CALM: Weather = { faults: 0, events: 0 };

/** Each seed has weather of its own: faults too often hide what only a single one brings out. */
export function roughWeather(seed: number): Weather {
  const chance = createChance(seed ^ 0xbad);
  return { faults: chance.pick([0.003, 0.01, 0.03]) ?? 0.01, events: chance.pick([0.05, 0.2, 0.5]) ?? 0.1 };
}

const AGENTS = 4;
/** A client gives up on an answer; what it asked for may have happened. */
const CLIENT_TIMEOUT = 29_000;
/** Everything is well again this long after the last fault: the timer walks each minute, silence ends after 75 s. */
const HEALING = 8 * 60_000;
const STALLS = [500, 3_000, 8_000];
/** A rival of a stalled tick begins this long before that one goes on. Milliseconds. */
const RIVAL_LEAD = 50;

export interface Outcome {
  readonly violations: readonly string[];
  /** Calls to gateways, for the record. */
  readonly calls: number;
}

function randomFault(chance: Chance): Fault {
  const when = chance.hits(0.5) ? 'before' : 'after';
  const dice = chance.between(1, 3);
  if (dice === 1) return { kind: 'fail', when };
  if (dice === 2) return { kind: 'die', when };
  return { kind: 'stall', when, ms: chance.pick(STALLS) ?? 500 };
}

/** The arrival times of an event's copies. */
function randomDelays(chance: Chance, p: number): readonly number[] {
  if (chance.hits(p)) return [];
  const delay = chance.hits(p) ? chance.between(10, 20_000) : chance.between(5, 60);
  return chance.hits(p) ? [delay, chance.between(5, 90_000)] : [delay];
}

/** A wanted count that a late or repeated decision may still go by. */
const REMEMBERED = 5 * 60_000;
/** No more than one above what is wanted, never below half of it. */
const UPGRADE = { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 };
const SKEWS = [-2_000, 0, 0, 2_000];

/** What the client of the simulation knows of its apps. */
interface Known {
  /** The definition that was acknowledged last; absent: removed. */
  readonly wanted: { readonly instances: number; readonly command: number } | undefined;
  /** False after an answer that leaves it open whether the change was made. */
  readonly certain: boolean;
}

async function send(plane: ControlPlane, ...request: Parameters<ControlPlane['request']>): Promise<number | undefined> {
  const answer = plane.request(...request).then(({ status }) => status);
  return Promise.race([answer, plane.clock.sleep(CLIENT_TIMEOUT).then(() => undefined)]);
}

const commandOf = (command: number): string => `./serve --version ${command}`;

/** Runs a history against the real handlers. The violations are empty when every promise was kept. */
export async function simulate(seed: number, history: readonly Act[], weather: Weather): Promise<Outcome> {
  const chance = createChance(seed ^ 0x5eed);
  let healed = false;
  let calls = 0;
  const plan = (process: ProcessName) => (_call: GatewayCall) => {
    calls += 1;
    const fault = !healed && chance.hits(weather.faults) ? randomFault(chance) : undefined;
    // While one tick stands still its lease runs out, and another one works when it goes on with what it knew.
    if (process === 'tick' && fault?.kind === 'stall') {
      plane.clock.after(Math.max(0, fault.ms - RIVAL_LEAD), () => plane.startTick('timer'));
    }
    return fault;
  };
  const plane: ControlPlane = createControlPlane({
    agents: AGENTS,
    eventDelays: () => (healed ? [5] : randomDelays(chance, weather.events)),
    gatewaysOf: (process, real) => withFaults(real, plane.clock, plan(process)),
    skewOf: () => (healed ? 0 : (chance.pick(SKEWS) ?? 0)),
    lagOf: () => (!healed && chance.hits(weather.events) ? chance.between(500, 20_000) : 0),
  });
  const known = new Map<string, Known>();
  const open = new Set<Promise<void>>();

  /** One request, its outcome noted when it comes: other acts go on meanwhile. Acts on one app wait for each other. */
  const lastOf = new Map<string, Promise<void>>();
  function change(app: string, wanted: Known['wanted'], work: () => Promise<number | undefined>): void {
    const done = (lastOf.get(app) ?? Promise.resolve()).then(async () => {
      const status = await work();
      const before = known.get(app) ?? { wanted: undefined, certain: true };
      if (status === 200 || status === 201) known.set(app, { wanted, certain: true });
      else if (status === undefined || status >= 500) known.set(app, { ...before, certain: false });
    });
    lastOf.set(app, done);
    open.add(done);
    void done.finally(() => open.delete(done));
  }

  /** The limit goes by the largest count that was wanted lately. */
  const wantedLately = new Map<string, readonly { readonly at: number; readonly count: number }[]>();
  function allow(app: string, count: number): void {
    const now = plane.clock.now();
    const lately = (wantedLately.get(app) ?? []).filter(
      (one, index, all) => all.length - 1 === index || now - one.at < REMEMBERED,
    );
    wantedLately.set(app, [...lately, { at: now, count }]);
    const most = Math.max(...lately.map((one) => one.count), count);
    plane.monitor.allowInstances(resolvePathId(app), most + 1);
  }

  function act(one: Act): void {
    switch (one.kind) {
      case 'put': {
        const body = {
          cmd: commandOf(one.command),
          instances: one.instances,
          cpus: 0.5,
          mem: 64,
          upgradeStrategy: UPGRADE,
        };
        allow(one.app, one.instances);
        change(one.app, { instances: one.instances, command: one.command }, () =>
          send(plane, 'PUT', `/v2/apps${one.app}`, body, { force: String(one.force) }),
        );
        return;
      }
      case 'restart':
        // Replaces instances and changes nothing else.
        change(one.app, known.get(one.app)?.wanted, () => send(plane, 'POST', `/v2/apps${one.app}/restart`));
        return;
      case 'delete':
        change(one.app, undefined, () => send(plane, 'DELETE', `/v2/apps${one.app}`));
        return;
      case 'exit': {
        const running = plane.cluster.running();
        const victim = running[one.nth % Math.max(1, running.length)];
        if (victim !== undefined) plane.cluster.exit(victim.sighting.arn, one.exitCode);
        return;
      }
      case 'disconnect':
        plane.cluster.setConnected(one.agent, false);
        return;
      case 'reconnect':
        plane.cluster.setConnected(one.agent, true);
        return;
      case 'terminate':
        plane.cluster.loseTasks(one.agent);
        return;
      case 'wait':
        return;
    }
  }

  for (const one of history) {
    act(one);
    await plane.clock.pass(one.kind === 'wait' ? one.ms : 5);
  }
  while (open.size > 0) await plane.clock.pass(1_000);
  healed = true;
  for (let agent = 0; agent < AGENTS; agent += 1) plane.cluster.setConnected(agent, true);
  await plane.clock.pass(HEALING);
  return { violations: [...plane.monitor.violations(), ...(await judgeEnd(plane, known))], calls };
}

/** Everything that must hold when the world has been kind for long enough. */
async function judgeEnd(plane: ControlPlane, known: ReadonlyMap<string, Known>): Promise<readonly string[]> {
  const wrong: string[] = [];
  const { value: root } = await plane.state.definitions.readRoot();
  const tree = await plane.state.definitions.loadTree(root.tree);
  const apps = [...tree.entries.values()].filter((entry) => entry.kind === 'app');
  const specs = await plane.state.definitions.getSpecs(apps.map(({ spec }) => spec));
  if (Object.keys(root.running).length > 0) wrong.push(`deployments still run: ${Object.keys(root.running)}`);

  const live = [...plane.cluster.tasks.values()].filter(({ sighting }) => sighting.lastStatus !== 'STOPPED');
  let expected = 0;
  for (const { id, spec: hash } of apps) {
    const spec = specs.get(hash)?.spec;
    const instances = (await plane.state.instances.list(id)).map(({ value }) => value);
    const running = instances.filter(({ goal, condition }) => goal === 'Running' && condition === 'Running');
    expected += spec?.instances ?? 0;
    if (running.length !== spec?.instances || instances.length !== running.length) {
      const conditions = instances.map(({ goal, condition }) => `${goal}/${condition}`);
      wrong.push(`${id} wants ${spec?.instances}, has ${conditions.join(' ')}`);
    }
  }
  if (live.length !== expected) wrong.push(`${live.length} tasks live, ${expected} wanted`);

  for (const [app, { wanted, certain }] of known) {
    const entry = apps.find(({ id }) => id === resolvePathId(app));
    const spec = entry === undefined ? undefined : specs.get(entry.spec)?.spec;
    const found = spec?.kind !== 'app' ? undefined : { instances: spec.instances, cmd: spec.cmd };
    const should = wanted === undefined ? undefined : { instances: wanted.instances, cmd: commandOf(wanted.command) };
    if (certain && JSON.stringify(found) !== JSON.stringify(should)) {
      wrong.push(`${app} was acknowledged as ${JSON.stringify(should)} and is ${JSON.stringify(found)}`);
    }
  }
  return [...wrong, ...(await judgeLeftOvers(plane, new Set(apps.map(({ id }) => id)), live.length))];
}

/** What must have been told, whoever wrote it: the end of each deployment, and each instance that runs. */
async function judgeEvents(
  plane: ControlPlane,
  events: readonly MarathonEvent[],
  apps: ReadonlySet<PathId>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const { value: root } = await plane.state.definitions.readRoot();
  const ends = new Set(
    events.filter(({ eventType }) => /^deployment_(success|failed)$/.test(eventType)).map((event) => event['id']),
  );
  const untold = root.recent.filter(({ deployment }) => !ends.has(deployment));
  if (untold.length > 0) wrong.push(`nobody was told of the end of ${untold.length} deployments`);
  const told = new Set(
    events.flatMap((event) =>
      event.eventType === 'instance_changed_event' ? `${event['instanceId']} ${event['condition']}` : [],
    ),
  );
  for (const id of apps) {
    for (const { value } of await plane.state.instances.list(id)) {
      if (!told.has(`${value.id} ${value.condition}`))
        wrong.push(`nobody was told that ${value.id} is ${value.condition}`);
    }
  }
  return wrong;
}

async function judgeLeftOvers(
  plane: ControlPlane,
  apps: ReadonlySet<PathId>,
  live: number,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const agents = await plane.state.agents.list();
  const claims = agents.flatMap((agent) => agent.claims.value.claims);
  if (claims.length !== live) wrong.push(`${claims.length} claims for ${live} tasks`);
  const queue = await plane.state.instances.listQueue();
  const stale = queue.filter((id) => !apps.has(id));
  if (stale.length > 0) wrong.push(`queue entries of apps that are gone: ${stale}`);
  const dirty = await plane.state.coordination.listDirty();
  if (dirty.length > 0) wrong.push(`still marked: ${dirty.map(({ runSpec }) => runSpec)}`);
  const head = await plane.eventLog.head();
  const logged = new Map<string, MarathonEvent>();
  for (let at = 0; at < head; ) {
    const page = await plane.eventLog.read(at, head);
    for (const { id, event } of page) logged.set(id, event);
    at = page.at(-1)?.number ?? head;
  }
  wrong.push(...(await judgeEvents(plane, [...logged.values()], apps)));
  const lost = [...plane.monitor.announced()].filter((id) => !logged.has(id));
  if (lost.length > 0) wrong.push(`${lost.length} announced events were never published, e.g. ${lost[0]}`);
  return wrong;
}
