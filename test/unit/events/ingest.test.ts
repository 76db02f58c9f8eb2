import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createIngest } from '../../../functions/events/ingest/ingest.ts';
import { createMemoryStore, type MemoryStore } from '../../../lib/gateways/memory-store.ts';
import { type Store, StoreUnavailable } from '../../../lib/gateways/store.ts';
import type { LaunchId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { TaskSighting } from '../../../lib/model/task.ts';
import { quietly } from '../../../lib/state/instances.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { createState, type State } from '../../../lib/state/state.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';
import { taskEventBody } from '../../simulation/ecs-event.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';
import { aSighting } from '../instance/a-sighting.ts';

const INSTANCE = anInstance({ condition: 'Staging' });
const KEY = { runSpec: INSTANCE.runSpec, id: INSTANCE.id };

let store: MemoryStore;
let state: State;
let infos: string[];

/** A table with one instance and its launch. */
async function prepare(instance: Instance = INSTANCE): Promise<void> {
  store = createMemoryStore();
  state = createState(store, 'stride');
  infos = [];
  await state.instances.replace(instance, 0, quietly([]));
  if (instance.launch !== undefined) await state.instances.putLaunch(instance.launch.id, KEY);
}
beforeEach(() => prepare());

const ingestOn = (on: Store = store) =>
  createIngest({
    state: createState(on, 'stride'),
    clock: createVirtualClock(),
    log: { info: (message) => infos.push(message), error: () => undefined },
  });
const stored = async () => (await state.instances.get(KEY))?.value;

describe('a task’s event', () => {
  it('is stored with what it announces, wakes the tick, and marks its run spec', async () => {
    await ingestOn()(taskEventBody(aSighting()));
    expect(await stored()).toMatchObject({ condition: 'Running', launch: { ecsVersion: 2 } });
    const item = await store.get(stateKeys('stride').instance(INSTANCE.runSpec, INSTANCE.id));
    const outbox = item === undefined ? undefined : await state.readOutbox(item);
    expect(outbox?.events.map(({ eventType }) => eventType)).toEqual(['status_update_event', 'instance_changed_event']);
    expect(outbox).toMatchObject({ dirty: ['/app'], wake: true });
  });

  it('changes nothing the second time, or when it is older', async () => {
    await ingestOn()(taskEventBody(aSighting({ version: 5 })));
    const before = await state.instances.get(KEY);
    await ingestOn()(taskEventBody(aSighting({ version: 5 })));
    await ingestOn()(taskEventBody(aSighting({ version: 4, lastStatus: 'PENDING' })));
    expect(await state.instances.get(KEY)).toEqual(before);
  });

  it.for([
    { what: 'of a launch that nobody knows', task: aSighting({ launch: 'unknown' as LaunchId }) },
    { what: 'of a task that is not ours', task: aSighting({ launch: undefined }) },
  ])('$what changes nothing', async ({ task }) => {
    const before = await state.instances.get(KEY);
    await ingestOn()(taskEventBody(task));
    expect(await state.instances.get(KEY)).toEqual(before);
  });

  it('of a launch that the instance left behind changes nothing', async () => {
    const newer = { ...INSTANCE, launch: { id: 'newer' as LaunchId, at: 0, ecsVersion: 0 } };
    await state.instances.replace(newer, 1, quietly([]));
    await ingestOn()(taskEventBody(aSighting({ version: 9 })));
    expect(await stored()).toEqual(newer);
  });

  it('of an instance that is gone is over', async () => {
    await state.instances.remove(INSTANCE, 1);
    await expect(ingestOn()(taskEventBody(aSighting()))).resolves.toBeUndefined();
  });

  it('is applied to what another writer made of the instance meanwhile', async () => {
    let races = 3;
    const racing: Store = {
      ...store,
      put: async (item, condition) => {
        if (item['type'] === 'instance' && races > 0) {
          races -= 1;
          const present = await state.instances.get(KEY);
          if (present === undefined) throw new Error('no instance');
          await state.instances.replace({ ...present.value, killSentAt: races }, present.rev, quietly([]));
        }
        return store.put(item, condition);
      },
    };
    await ingestOn(racing)(taskEventBody(aSighting()));
    expect(await stored()).toMatchObject({ condition: 'Running', killSentAt: 0 });
  });

  it.for([
    { ended: false, lastStatus: 'STOPPED', tells: 1 },
    { ended: true, lastStatus: 'STOPPED', tells: 0 },
    { ended: false, lastStatus: 'RUNNING', tells: 0 },
  ])('$lastStatus of a forgotten instance, end told before: $ended', async ({ ended, lastStatus, tells }) => {
    await state.instances.remove(KEY, 1);
    const launch = INSTANCE.launch?.id;
    if (launch !== undefined) await state.instances.retireLaunch(launch, EPOCH, ended);
    const told: unknown[] = [];
    store.subscribe(({ item }) => {
      if (typeof item?.['outbox'] === 'string')
        told.push(...z.object({ events: z.array(z.unknown()) }).parse(JSON.parse(item['outbox'])).events);
    });
    for (const version of [2, 2, 3]) {
      await ingestOn()(taskEventBody(aSighting({ lastStatus, stopCode: 'UserInitiated', version })));
    }
    const one = {
      eventType: 'unknown_instance_terminated_event',
      instanceId: INSTANCE.id,
      runSpecId: '/app',
      condition: 'Killed',
      timestamp: expect.any(String),
    };
    expect(told).toEqual(Array(tells).fill(one));
  });

  it('is kept for later when others are always first, and when the store does not answer', async () => {
    const losing: Store = { ...store, put: async () => false };
    await expect(ingestOn(losing)(taskEventBody(aSighting()))).rejects.toThrow('changed 8 times meanwhile');
    const silent: Store = { ...store, put: () => Promise.reject(new StoreUnavailable('no answer')) };
    await expect(ingestOn(silent)(taskEventBody(aSighting()))).rejects.toThrow(StoreUnavailable);
  });

  it('leads to the same end in whatever order a life is told, as often as it is told', async () => {
    const life: readonly TaskSighting[] = ['PENDING', 'ACTIVATING', 'RUNNING', 'STOPPED'].map((lastStatus, index) =>
      aSighting({
        lastStatus,
        version: index + 2,
        ...(lastStatus === 'STOPPED'
          ? { desiredStatus: 'STOPPED', stopCode: 'EssentialContainerExited', exitCode: 1 }
          : {}),
      }),
    );
    const told = fc
      .subarray(life.slice(0, -1))
      .chain((some) => fc.shuffledSubarray([...some, ...life], { minLength: some.length + life.length }));
    await fc.assert(
      fc.asyncProperty(told, fc.boolean(), async (events, together) => {
        await prepare();
        const ingest = ingestOn();
        if (together) await Promise.all(events.map((task) => ingest(taskEventBody(task))));
        else for (const task of events) await ingest(taskEventBody(task));
        expect(await stored()).toMatchObject({
          condition: 'Failed',
          termination: { exitCode: 1 },
          launch: { ecsVersion: 5 },
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('an agent’s event', () => {
  const bodyOf = (version: number, fields: Readonly<Record<string, unknown>> = {}): string =>
    JSON.stringify({
      'detail-type': 'ECS Container Instance State Change',
      detail: {
        containerInstanceArn: 'arn:aws:ecs:local:0:container-instance/stride/1',
        ec2InstanceId: 'i-1',
        agentConnected: true,
        status: 'ACTIVE',
        version,
        registeredResources: [{ name: 'CPU', type: 'INTEGER', integerValue: 1024 }],
        remainingResources: [{ name: 'CPU', type: 'INTEGER', integerValue: 1024 - version }],
        attributes: [],
        ...fields,
      },
    });
  const heard = async () => (await state.agents.list()).map((agent) => agent.heard?.value.version);

  it('is heard when it brings something new, and wakes the tick', async () => {
    await ingestOn()(bodyOf(1));
    expect(await heard()).toEqual([1]);
    await ingestOn()(bodyOf(2, { agentConnected: false }));
    expect(await heard()).toEqual([2]);
  });

  it('is passed over when it is old or only the remaining resources moved', async () => {
    await ingestOn()(bodyOf(5));
    await ingestOn()(bodyOf(4, { agentConnected: false }));
    await ingestOn()(bodyOf(6));
    expect(await heard()).toEqual([5]);
  });
});

describe('anything else', () => {
  it('of a type we do not know is noted and done with', async () => {
    await ingestOn()(JSON.stringify({ 'detail-type': 'ECS Service Action', detail: {} }));
    expect(infos).toEqual(['event of an unknown type']);
  });

  it.for(['', '{', '[]', '{"detail":{}}', '{"detail-type":"ECS Task State Change","detail":{"taskArn":7}}'])(
    '%s is kept for later',
    async (body) => {
      await expect(ingestOn()(body)).rejects.toThrow();
    },
  );
});
