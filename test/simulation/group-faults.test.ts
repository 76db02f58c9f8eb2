import { describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../functions/api/http.ts';
import type { Store } from '../../lib/gateways/store.ts';
import { aRequest } from '../unit/api/a-request.ts';
import { createTestApi } from '../unit/api/an-api.ts';
import { createFaults, type Fault } from './faults.ts';
import { createChance } from './random.ts';

/** How many calls besides the first and the swap go wrong, one in each trial; a trial takes about half a second. */
const SAMPLE = Number(process.env['STRIDE_FAULTY_CALLS'] ?? 12);
const SEED = 4_711;
const FAULTS = [
  { kind: 'fail', when: 'before' },
  { kind: 'fail', when: 'after' },
  { kind: 'die', when: 'before' },
  { kind: 'die', when: 'after' },
] as const satisfies readonly Fault[];

/** Calls between two looks of the reader that polls all the while. */
const POLL_EVERY = 400;
const APPS_A_GROUP = 50;

/** `/load` with a thousand apps: two versions that share three of four groups, and differ in every app. */
const contentsOf = (version: 'a' | 'b') => ({
  id: '/load',
  groups: Array.from({ length: 20 }, (_, group) => ({
    id: group < 15 ? `both-${group}` : `${version}-${group}`,
    dependencies: group === 0 ? [] : ['/load/both-0'],
    apps: Array.from({ length: APPS_A_GROUP }, (_, app) => ({
      id: `app-${app}`,
      cmd: `./serve ${version}`,
      instances: 0,
      portDefinitions: [],
    })),
  })),
});
const put = (version: 'a' | 'b') =>
  aRequest({ method: 'PUT', path: '/v2/groups', query: { force: 'true' }, body: contentsOf(version) });

interface Shown {
  readonly id: string;
  readonly apps: readonly { readonly cmd: string }[];
  readonly groups: readonly Shown[];
}

/** Which of the two a reader sees; anything else is told as it is. */
function versionIn({ groups }: Shown): string {
  const commands = new Set(groups.flatMap(({ apps }) => apps.map(({ cmd }) => cmd)));
  const apps = groups.map((group) => group.apps.length);
  const own = new Set(groups.map(({ id }) => id.slice('/load/'.length).replace(/-\d+$/, '')));
  if (groups.length === 20 && apps.every((count) => count === APPS_A_GROUP) && commands.size === 1) {
    for (const version of ['a', 'b'] as const) {
      if (commands.has(`./serve ${version}`) && own.has(version) && own.has('both') && own.size === 2) return version;
    }
  }
  return `${apps.join('+')} apps with ${[...commands].join(' and ')} in ${[...own].join(', ')}`;
}

/** A system with the first version, and a way to write the other one while one call of the store goes wrong. */
async function createTrial() {
  const test = createTestApi();
  expect((await test.api(put('a'))).status).toBe(200);
  const reader = test.answerOn(test.store);

  async function look(): Promise<string> {
    const { status, json } = await reader(aRequest({ path: '/v2/groups/load' }));
    return status === 200 ? versionIn(json as Shown) : `status ${status}`;
  }

  /** @param strikes whether this call of the writer goes wrong; told its number and what it puts */
  return async function trial(strikes: (index: number) => Fault | undefined) {
    const before = await look();
    const wanted = before === 'a' ? 'b' : 'a';
    const seqBefore = (await test.state.definitions.readRoot()).value.seq;
    const looks: Promise<string>[] = [];
    let calls = 0;
    let swap = 0;
    let struck = false;
    const faulty = createFaults(test.clock, ({ index }) => {
      calls += 1;
      if (index % POLL_EVERY === 0) looks.push(look());
      const fault = strikes(index);
      struck ||= fault !== undefined;
      return fault;
    }).store(test.store);
    // Each write lets others in between, so that the reader looks at a change half-way.
    const yielding: Store = {
      ...faulty,
      put: async (item, condition) => {
        await Promise.resolve();
        if (item['type'] === 'root') swap = calls;
        return faulty.put(item, condition);
      },
    };
    let answer: ApiResponse | undefined;
    void test
      .answerOn(yielding)(put(wanted))
      .then((given) => {
        answer = given;
      });
    for (let known = -1; answer === undefined && known !== calls; ) {
      known = calls;
      await test.clock.pass(1_000);
    }
    const seen = await Promise.all(looks);
    const committed = (await test.state.definitions.readRoot()).value.seq - seqBefore;
    return {
      before,
      wanted,
      after: await look(),
      seen: new Set(seen),
      swap,
      struck,
      committed,
      status: answer?.status,
    };
  };
}

describe('a group of a thousand apps, while a call of the store goes wrong', () => {
  it(
    'is written whole or not at all, for every reader at every moment',
    async () => {
      const trial = await createTrial();
      const clean = [await trial(() => undefined), await trial(() => undefined)];
      for (const { before, wanted, after, seen, status, committed } of clean) {
        expect({ after, status, committed }).toEqual({ after: wanted, status: 200, committed: 1 });
        expect(seen).toContain(before);
      }
      // Both ways make equally many calls up to the swap.
      const [swap = 0] = clean.map((one) => one.swap);
      expect(clean.map((one) => one.swap)).toEqual([swap, swap]);
      expect(swap).toBeGreaterThan(1_000);

      const chance = createChance(SEED);
      const edges = [0, swap].flatMap((at) => FAULTS.map((fault) => ({ at, fault })));
      const others = Array.from({ length: SAMPLE }, (_, index) => ({
        at: chance.between(1, swap - 1),
        fault: FAULTS[index % FAULTS.length] ?? FAULTS[0],
      }));

      const outcomes = new Set<string>();
      for (const { at, fault } of [...edges, ...others]) {
        const { before, wanted, after, seen, struck, committed, status } = await trial((index) =>
          index === at ? fault : undefined,
        );
        const what = `call ${at}, the swap being ${swap}: ${fault.kind} ${fault.when}`;
        expect(struck, what).toBe(true);
        expect(
          [...seen].filter((one) => one !== before && one !== wanted),
          what,
        ).toEqual([]);
        // A swap that got no answer is looked for and made again, with what it announces in parts of their own.
        const isDone = fault.kind === 'die' ? at === swap && fault.when === 'after' : status === 200;
        expect(committed, what).toBe(isDone ? 1 : 0);
        if (at === swap && fault.kind === 'fail') expect(status, what).toBe(200);
        expect(after, what).toBe(committed === 1 ? wanted : before);
        expect(status, what).toBeOneOf(fault.kind === 'die' ? [undefined] : [200, 503]);
        outcomes.add(`${fault.kind} ${fault.when}: ${committed === 1 ? 'written' : 'not written'}`);
      }
      expect(outcomes.size).toBe(7);
    },
    60_000 + SAMPLE * 5_000,
  );
});
