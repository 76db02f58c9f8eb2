import { createClients } from './clients.ts';
import { type ControlPlane, createControlPlane } from './control-plane.ts';
import { type Fault, type GatewayCall, withFaults } from './faults.ts';
import type { Act } from './history.ts';
import { judgeEnd } from './judge-end.ts';
import type { ProcessName } from './process-name.ts';
import { createChance } from './random.ts';
import { eventDelays, fateOf, listLag, taskLife, type Weather } from './weather.ts';

const AGENTS = 4;
/** Everything is well again this long after the last fault: the timer walks each minute, silence ends after 75 s. */
const HEALING = 8 * 60_000;
/** By then whatever has a deadline has ended, and what it brought back is known. */
const LAST_DEADLINE = 5 * 60_000;
/** How long a task lives that has a defect. */
const CRASH_MS = 300;
/** A walk that has nothing to do. Milliseconds. */
const TICK_MS = 200;
/** Share of the ticks that begin in a new process; the others know what an idle one did. */
const COLD_STARTS = 0.3;
const SKEWS = [-2_000, 0, 0, 2_000];
/** A batch of the stream comes again so long after its publisher failed, or died and was missed. Milliseconds. */
const AFTERMATH = { fail: 2_000, die: 32_000 };
/** Another tick begins this long before the one that stands still goes on, when its lease is over. Milliseconds. */
const LEADS = [50, 1_500];

export interface Outcome {
  readonly violations: readonly string[];
  /** Calls to gateways, for the record. */
  readonly calls: number;
  /** How long it took, in virtual time. */
  readonly milliseconds: number;
}

/** Runs a history against the real handlers. The violations are empty when every promise was kept. */
export async function simulate(seed: number, history: readonly Act[], weather: Weather): Promise<Outcome> {
  const chance = createChance(seed ^ 0x5eed);
  let healed = false;
  let calls = 0;
  /** While one tick stands still others work, and it goes on with what it knew. */
  function startRivals(ms: number): void {
    plane.clock.after(Math.max(0, ms - (chance.pick(LEADS) ?? 0)), () => plane.startTick('timer'));
    if (chance.hits(weather.rivals)) plane.clock.after(chance.between(0, ms), () => plane.startRival(chance.hits(0.5)));
  }
  /** What the rest of the world does about a fault, and what may be expected after it. */
  function noteFate(process: ProcessName, fate: Fault): void {
    if (fate.kind === 'slow' || process === 'api' || process === 'ingest') return;
    if (fate.kind === 'stall') {
      plane.attention.disturbed(fate.ms);
      if (process === 'tick') startRivals(fate.ms);
    } else if (process === 'publish') plane.attention.disturbed(AFTERMATH[fate.kind]);
    else plane.attention.tickFailed();
  }
  const plan = (process: ProcessName) => (call: GatewayCall) => {
    calls += 1;
    const fate = healed ? undefined : fateOf(chance, weather, process, call);
    if (fate !== undefined) noteFate(process, fate);
    return fate;
  };
  const plane: ControlPlane = createControlPlane({
    agents: AGENTS,
    eventDelays: () => (healed ? [5] : eventDelays(chance, weather)),
    gatewaysOf: (process, real, endsAt) => withFaults(real, plane.clock, plan(process), endsAt),
    warmTick(idle) {
      if (healed) return idle - 1;
      return chance.hits(COLD_STARTS) ? undefined : chance.between(0, Math.max(0, idle - 1));
    },
    skewOf: () => (healed ? 0 : (chance.pick(SKEWS) ?? 0)),
    lagOf: () => (healed ? 0 : listLag(chance, weather)),
    lifeOf: ({ container }) => {
      if (container.environment['CRASHING'] !== undefined) return CRASH_MS;
      return healed ? undefined : taskLife(chance, weather);
    },
  });
  const clients = createClients(plane);
  const begin = plane.clock.now();

  function act(one: Act): void {
    switch (one.kind) {
      case 'put':
        clients.put(one.app, one, one);
        return;
      case 'putStack':
        clients.putStack(one, one);
        return;
      case 'deleteStack':
        clients.removeStack(one);
        return;
      case 'restart':
        clients.restart(one.app, one);
        return;
      case 'delete':
        clients.remove(one.app, one);
        return;
      case 'deleteDeployment':
        clients.deleteDeployment(one.nth, one.force);
        return;
      case 'read':
        clients.read();
        return;
      case 'exit': {
        const running = plane.cluster.running();
        const victim = running[one.nth % Math.max(1, running.length)];
        if (victim !== undefined) plane.cluster.exit(victim.sighting.arn, one.exitCode);
        return;
      }
      case 'sicken': {
        const running = plane.cluster.running();
        const victim = running[one.nth % Math.max(1, running.length)];
        if (victim !== undefined) plane.cluster.setSick(victim.sighting.arn, true);
        return;
      }
      case 'disconnect':
        plane.cluster.setConnected(one.agent, false);
        return;
      case 'reconnect':
        plane.cluster.setConnected(one.agent, true);
        return;
      case 'drain':
      case 'undrain':
        plane.cluster.setDraining(one.agent, one.kind === 'drain');
        return;
      case 'leave':
        plane.cluster.setListed(one.agent, false);
        return;
      case 'return':
        plane.cluster.setListed(one.agent, true);
        return;
      case 'terminate':
        plane.cluster.loseTasks(one.agent);
        return;
      case 'rival':
        plane.startRival(one.walk);
        return;
      case 'together':
        for (const each of one.acts) act(each);
        return;
      case 'wait':
        return;
    }
  }

  for (const one of history) {
    act(one);
    await plane.clock.pass(one.kind === 'wait' ? one.ms : 5);
  }
  while (clients.waiting()) await plane.clock.pass(1_000);
  healed = true;
  for (let agent = 0; agent < AGENTS; agent += 1) {
    plane.cluster.setConnected(agent, true);
    plane.cluster.setListed(agent, true);
    plane.cluster.setDraining(agent, false);
  }
  await plane.clock.pass(LAST_DEADLINE);
  clients.repair();
  await plane.clock.pass(HEALING);
  const atEnd = await judgeEnd(plane, clients);
  const more = await changesOfSecondTick(plane);
  const restless = more === 0 ? [] : [`a second tick made ${more} changes`];
  const { monitor, attention } = plane;
  return {
    violations: [...monitor.violations(), ...attention.overlooked(), ...clients.wrong(), ...atEnd, ...restless],
    calls,
    milliseconds: plane.clock.now() - begin,
  };
}

/** In a world that is as it should be a tick changes nothing, once another has done what the time of day asks for. */
async function changesOfSecondTick({ clock, monitor, startTick }: ControlPlane): Promise<number> {
  startTick('timer');
  await clock.pass(TICK_MS);
  const before = monitor.changes();
  startTick('timer');
  await clock.pass(TICK_MS);
  return monitor.changes() - before;
}
