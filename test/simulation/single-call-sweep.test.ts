import { beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from './faults.ts';
import { type LifeReport, liveThrough } from './faulty-life.ts';

/** The lease of a tick that stands still runs out meanwhile, and a rival works when it goes on. Milliseconds. */
const STALL_MS = 6_300;

/** Every n-th call of a life is hit; `STRIDE_EVERY_FAULT=1` hits each of them, which takes minutes. */
const STEP = process.env['STRIDE_EVERY_FAULT'] === '1' ? 1 : 43;

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['fails before it takes effect', { kind: 'fail', when: 'before' }],
  ['times out after it took effect', { kind: 'fail', when: 'after' }],
  ['is the last thing its process does', { kind: 'die', when: 'after' }],
  ['is never made, since its process ends', { kind: 'die', when: 'before' }],
  ['is made by a process that stands still before it', { kind: 'stall', when: 'before', ms: STALL_MS }],
  ['is made by a process that stands still after it', { kind: 'stall', when: 'after', ms: STALL_MS }],
];

describe('the main job when any one call', () => {
  let calls = 0;
  let report: LifeReport | undefined;
  beforeAll(async () => {
    report = await liveThrough({});
    calls = [...report.calls.values()].reduce((sum, count) => sum + count, 0);
    console.log(`${calls} calls: ${[...report.calls].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  });

  it('of its hundreds goes wrong: all processes and all gateways are among them', () => {
    expect(calls).toBeGreaterThan(60);
    expect([...(report?.calls.keys() ?? [])].toSorted()).toEqual([
      'api store',
      'ingest store',
      'publish bus',
      'publish events',
      'publish store',
      'tick cluster',
      'tick store',
    ]);
  });

  it.for(FAULTS.map(([what, fault], offset) => ({ what, fault, offset })))(
    '$what: the wanted state in the end, nothing lost, nothing doubled, nothing left to see',
    { timeout: 1_200_000 },
    async ({ what, fault, offset }) => {
      let runs = 0;
      for (let at = (offset * 7) % STEP; at < calls; at += STEP) {
        let struck: string | undefined;
        const life = liveThrough({
          faultAt: ({ process, gateway, operation, index }) => {
            if (index !== at) return undefined;
            struck = `call ${at}, ${process} ${gateway}.${operation}`;
            return fault;
          },
        });
        await life.catch((error: unknown) => {
          throw new Error(`${struck ?? `call ${at}`}: ${JSON.stringify(fault)}`, { cause: error });
        });
        expect(struck).toBeDefined();
        runs += 1;
      }
      console.log(`${runs} of ${calls} calls hit, one in each life: a call ${what}`);
    },
  );
});

/** Seconds until the timer tells what an event did not: a walk each minute (design principle 4). */
const WALK = 60;
/** Seconds until a kill without an end is asked about. */
const KILL_RETRY = 30;

describe('with every event of ECS lost', () => {
  /** Seconds that each stage may take: for everything that must be learnt before the next thing can happen. */
  const BOUNDS: Readonly<Record<string, number>> = {
    'two run': WALK,
    // The end, then the start.
    'two run after a crash': 2 * WALK,
    'three run': WALK,
    // Three times: one goes, then one comes.
    'three new ones run': 3 * (KILL_RETRY + WALK),
    'nothing is left': WALK,
  };

  it('reaches every stage of the same life, each within the time that timers take to tell', async () => {
    const [told, untold] = [await liveThrough({}), await liveThrough({ eventsLost: true })];
    expect(untold.stages.map(({ stage }) => stage)).toEqual(told.stages.map(({ stage }) => stage));
    for (const [index, { stage, milliseconds }] of untold.stages.entries()) {
      const bound = BOUNDS[stage] ?? 0;
      const seconds = milliseconds / 1000;
      const withEvents = (told.stages[index]?.milliseconds ?? 0) / 1000;
      console.log(`${stage}: ${seconds} s without events (at most ${bound} s), ${withEvents} s with them`);
      expect({ stage, seconds, isWithin: seconds <= bound + 1 }).toEqual({ stage, seconds, isWithin: true });
    }
  });
});
