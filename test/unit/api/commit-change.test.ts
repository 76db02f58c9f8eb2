import { describe, expect, it } from 'vitest';
import type { ApiRequest, ApiResponse } from '../../../functions/api/http.ts';
import { type Store, StoreUnavailable } from '../../../lib/gateways/store.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import type { Outbox } from '../../../lib/model/outbox.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { createFaults, type Fault, type GatewayCall } from '../../simulation/faults.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const appOf = (id: string) => ({ id, cmd: './serve', cpus: 0.1, mem: 32 });
const create = (id: string): ApiRequest => aRequest({ method: 'POST', body: appOf(id) });
const update = (id: string, body: unknown): ApiRequest => aRequest({ method: 'PUT', path: `/v2/apps${id}`, body });
type TestApi = ReturnType<typeof createTestApi>;

/** Answers each request as a process of its own, all at once. Each write lets the others in between. */
async function atOnce(test: TestApi, requests: readonly ApiRequest[]): Promise<readonly ApiResponse[]> {
  const yielding: Store = {
    ...test.store,
    put: async (item, condition) => {
      await new Promise((resolve) => setImmediate(resolve));
      return test.store.put(item, condition);
    },
  };
  const answers = Promise.all(requests.map((request) => test.answerOn(yielding)(request)));
  let over = false;
  void answers.finally(() => {
    over = true;
  });
  while (!over) await test.clock.pass(1);
  return answers;
}

async function idsOf(test: TestApi): Promise<readonly string[]> {
  const root = await test.state.definitions.readRoot();
  const { entries } = await test.state.definitions.loadTree(root.value.tree);
  return [...entries.values()].filter(({ kind }) => kind === 'app').map(({ id }) => id);
}

describe('writers at the same time', () => {
  it('of different apps all succeed, fifty at once, each with a version of its own', async () => {
    const test = createTestApi();
    const wanted = Array.from({ length: 50 }, (_, index) => `/app-${index}`);
    const answers = await atOnce(test, wanted.map(create));
    expect(answers.map(({ status }) => status)).toEqual(wanted.map(() => 201));
    expect((await idsOf(test)).toSorted()).toEqual(wanted.toSorted());
    const { value: root } = await test.state.definitions.readRoot();
    expect(root.seq).toBe(50);
    expect(new Set(root.recent.map(({ version }) => version)).size).toBe(50);
    expect(Object.keys(root.running)).toHaveLength(50);
    const entries = (await test.state.definitions.loadTree(root.tree)).entries;
    const ports = [...entries.values()].flatMap((entry) => (entry.kind === 'app' ? entry.servicePorts : []));
    expect(new Set(ports).size).toBe(50);
  });

  it('of one app: one creates it, the others are told that it exists', async () => {
    const test = createTestApi();
    const answers = await atOnce(
      test,
      Array.from({ length: 10 }, () => create('/one')),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    expect(answers.find(({ status }) => status === 409)?.json).toEqual({
      message: 'An app with id [/one] already exists.',
    });
    expect((await test.state.definitions.readRoot()).value.seq).toBe(1);
  });

  it('of one app that runs: one changes it, the others meet its lock', async () => {
    const test = createTestApi();
    await test.api(create('/one'));
    const root = await test.state.definitions.readRoot();
    await test.state.definitions.swapRoot({ ...root.value, running: {} }, root.rev, {
      events: [],
      dirty: [],
      wake: false,
    });
    const answers = await atOnce(
      test,
      [2, 3, 4, 5].map((instances) => update('/one', { instances })),
    );
    const won = answers.findIndex(({ status }) => status === 200);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    const holder = answers[won]?.headers?.['Marathon-Deployment-Id'];
    for (const { status, json } of answers)
      if (status === 409) expect(json).toMatchObject({ deployments: [{ id: holder }] });
    expect(await test.api(aRequest({ path: '/v2/apps/one' }))).toMatchObject({ json: { app: { instances: won + 2 } } });
  });

  it('who are never first are told to try again, with nothing changed', async () => {
    const test = createTestApi();
    let races = 0;
    const losing: Store = {
      ...test.store,
      put: async (item, condition) => {
        if (item['type'] === 'root') {
          races += 1;
          await test.api(create(`/other-${races}`));
        }
        return test.store.put(item, condition);
      },
    };
    const answer = test.answerOn(losing)(create('/mine'));
    await test.clock.pass(60_000);
    expect(await answer).toEqual({
      status: 503,
      json: { message: 'Too many changes were made at the same time. Nothing was changed: please try again.' },
    });
    expect(races).toBe(16);
    expect(await idsOf(test)).not.toContain('/mine');
  });
});

describe('a commit', () => {
  it('announces itself, marks what it touches and wakes the tick, in the write of the root', async () => {
    const test = createTestApi();
    await test.api(create('/shop/cart'));
    const item = await test.store.get(stateKeys('stride').root);
    const outbox = item === undefined ? undefined : await test.state.readOutbox(item);
    expect(outbox).toMatchObject({ dirty: ['/shop/cart'], wake: true });
    expect(outbox?.events).toEqual([
      {
        clientIp: '10.0.4.17',
        uri: '/v2/apps',
        appDefinition: expect.objectContaining({ id: '/shop/cart', version: '2021-03-02T08:00:00.000Z' }),
        eventType: 'api_post_event',
        timestamp: '2021-03-02T08:00:00.000Z',
      },
      {
        groupId: '/shop',
        version: '2021-03-02T08:00:00.000Z',
        eventType: 'group_change_success',
        timestamp: '2021-03-02T08:00:00.000Z',
      },
    ]);
    expect(outbox?.events[0]?.['appDefinition']).not.toHaveProperty('versionInfo');
  });

  it('without a difference is done at once and wakes nobody', async () => {
    const test = createTestApi();
    await test.api(create('/a'));
    await test.api(update('/a', { cmd: './serve' }));
    const item = await test.store.get(stateKeys('stride').root);
    const outbox = item === undefined ? undefined : await test.state.readOutbox(item);
    expect(outbox).toMatchObject({ dirty: [], wake: false });
    expect(outbox?.events.map(({ eventType }) => eventType)).toEqual([
      'api_post_event',
      'group_change_success',
      'deployment_success',
    ]);
  });

  it('that forces another out announces its failure, and marks what it held', async () => {
    const test = createTestApi();
    const first = await test.api(create('/a'));
    await test.api(aRequest({ method: 'DELETE', path: '/v2/apps/a' }));
    const item = await test.store.get(stateKeys('stride').root);
    const outbox = item === undefined ? undefined : await test.state.readOutbox(item);
    expect(outbox).toMatchObject({ dirty: ['/a'], wake: true });
    expect(outbox?.events.map((event) => [event.eventType, event['id'], event['reason']])).toEqual([
      ['deployment_failed', first.headers?.['Marathon-Deployment-Id'], 'The upgrade has been cancelled'],
      ['group_change_success', undefined, undefined],
    ]);
  });
});

describe('a refused change', () => {
  /** What is announced apart from commits. */
  async function announcedBy(refuse: (test: TestApi) => Promise<ApiResponse>) {
    const test = createTestApi();
    await test.api(create('/shop/cart'));
    const outboxes: (Outbox | undefined)[] = [];
    const announced: Promise<void>[] = [];
    test.store.subscribe(({ item }) => {
      if (item?.['type'] !== 'announcement') return;
      announced.push(test.state.readOutbox(item).then((outbox) => void outboxes.push(outbox)));
    });
    const answer = await refuse(test);
    await Promise.all(announced);
    return { status: answer.status, outboxes, message: (answer.json as { message: string }).message };
  }
  const VERSION = '2021-03-02T08:00:00.001Z';
  const AT = { timestamp: '2021-03-02T08:00:00.000Z' };

  it('is announced with its reason, and nothing is woken', async () => {
    const { outboxes, message } = await announcedBy(({ api }) => api(create('/shop/cart')));
    expect(outboxes).toEqual([
      {
        events: [{ groupId: '/shop', version: VERSION, reason: message, eventType: 'group_change_failed', ...AT }],
        dirty: [],
        wake: false,
      },
    ]);
  });

  it('that meets a lock has a plan that failed too', async () => {
    const { status, outboxes, message } = await announcedBy(({ api }) => api(update('/shop/cart', { instances: 7 })));
    expect(status).toBe(409);
    expect(outboxes[0]?.events).toMatchObject([
      { eventType: 'group_change_failed', groupId: '/shop', reason: message },
      {
        eventType: 'deployment_failed',
        reason: message,
        plan: { steps: [{ actions: [{ action: 'ScaleApplication', app: '/shop/cart' }] }], version: VERSION },
      },
    ]);
  });

  it('is refused all the same when it cannot be announced', async () => {
    const { status, outboxes } = await announcedBy((test) => {
      const mute: Store = {
        ...test.store,
        put: async (item, condition) => {
          if (item['type'] === 'announcement') throw new StoreUnavailable('no answer');
          return test.store.put(item, condition);
        },
      };
      return test.answerOn(mute)(create('/shop/cart'));
    });
    expect({ status, outboxes }).toEqual({ status: 409, outboxes: [] });
  });

  it('by a body that cannot be read is not announced: no group was asked', async () => {
    const { status, outboxes } = await announcedBy(({ api }) => api(aRequest({ method: 'POST', body: '{' })));
    expect({ status, outboxes }).toEqual({ status: 400, outboxes: [] });
  });
});

describe('a store that fails at any one call', () => {
  /** A change of one of two apps with one call that fails or kills. What the client got, if anything, and what is there. */
  async function changeWith(fault: Fault, at: number) {
    const test = createTestApi();
    await test.api(create('/kept'));
    await test.api(create('/changed'));
    const before = await test.state.definitions.readRoot();
    let struck: GatewayCall | undefined;
    let calls = 0;
    const faulty = createFaults(test.clock, (call) => {
      calls += 1;
      if (call.index !== at) return undefined;
      struck = call;
      return fault;
    }).store(test.store);
    let answer: ApiResponse | undefined;
    const request = { ...update('/changed', { cmd: './new' }), query: new Map([['force', ['true']]]) };
    void test
      .answerOn(faulty)(request)
      .then((got) => {
        answer = got;
      });
    await test.clock.pass(10_000);
    const after = await test.state.definitions.readRoot();
    const shown = await test.api(aRequest());
    const { apps } = shown.json as { apps: readonly { id: string; cmd: string }[] };
    const plans = await Promise.all(
      Object.keys(after.value.running).map((id) => test.state.definitions.getPlan(id as DeploymentId)),
    );
    return {
      answer,
      struck,
      calls,
      committed: after.value.seq - before.value.seq,
      apps: Object.fromEntries(apps.map(({ id, cmd }) => [id, cmd])),
      plansThere: plans.every((plan) => plan !== undefined),
    };
  }

  const CHANGED = { '/kept': './serve', '/changed': './new' };
  const UNCHANGED = { '/kept': './serve', '/changed': './serve' };

  it.for([
    { kind: 'fail', when: 'before' },
    { kind: 'fail', when: 'after' },
    { kind: 'die', when: 'before' },
    { kind: 'die', when: 'after' },
  ] as const)('shows readers all of the change or nothing: $kind $when the call', async (fault) => {
    const { calls } = await changeWith({ kind: 'stall', when: 'before', ms: 1 }, 10_000);
    expect(calls).toBeGreaterThan(5);
    const outcomes = new Set<string>();
    for (let at = 0; at < calls; at += 1) {
      const { answer, struck, committed, apps, plansThere } = await changeWith(fault, at);
      expect(struck).toBeDefined();
      expect(plansThere).toBe(true);
      expect(committed).toBeLessThanOrEqual(1);
      expect(apps).toEqual(committed === 1 ? CHANGED : UNCHANGED);
      if (fault.kind === 'fail') expect(answer?.status).toBe(committed === 1 ? 200 : 503);
      else expect(answer).toBeUndefined();
      outcomes.add(committed === 1 ? 'changed' : 'unchanged');
    }
    expect(outcomes.size).toBe(fault.kind === 'die' && fault.when === 'before' ? 1 : 2);
  });

  it('does not claim that nothing was changed when it cannot know', async () => {
    const test = createTestApi();
    const noAnswer = (): never => {
      throw new StoreUnavailable('no answer');
    };
    let silent = false;
    const dying: Store = {
      ...test.store,
      get: async (key) => (silent ? noAnswer() : test.store.get(key)),
      put: async (item, condition) => {
        const done = await test.store.put(item, condition);
        silent ||= item['type'] === 'root';
        return silent ? noAnswer() : done;
      },
    };
    const answer = test.answerOn(dying)(create('/a'));
    await test.clock.pass(10_000);
    expect(await answer).toEqual({
      status: 503,
      json: { message: 'The store did not answer. The change may have been made: look before you repeat it.' },
    });
    expect(await idsOf(test)).toEqual([resolvePathId('/a')]);
  });
});
