import { describe, expect, it } from 'vitest';
import type { Item, Key } from '../../../lib/gateways/store.ts';
import type { DeploymentId, TaskArn } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import type { StartTaskRequest } from '../../../lib/model/task.ts';
import { claimsOf } from '../../../lib/state/claims.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { type ControlPlane, createControlPlane } from '../../simulation/control-plane.ts';

const KEYS = stateKeys('stride');
const BAD = resolvePathId('/bad');
const GOOD = resolvePathId('/good');
const appOf = (id: string) => ({ id, cmd: `./serve ${id}`, cpus: 1, mem: 128 });
const isOf = ({ container }: StartTaskRequest, id: string): boolean => container.environment['MARATHON_APP_ID'] === id;
const runningOf = (plane: ControlPlane, id: string): number =>
  plane.cluster.running().filter(({ request }) => isOf(request, id)).length;

/** The task of an app crashes: the app is to be looked at. */
function crash(plane: ControlPlane, id: string): TaskArn {
  const task = plane.cluster.running().find(({ request }) => isOf(request, id));
  if (task === undefined) throw new Error(`${id} does not run`);
  plane.cluster.exit(task.sighting.arn, 1);
  return task.sighting.arn;
}

/** A system whose processes start cold and cannot decode the items of some keys. */
function createPoisonedPlane() {
  const poisoned = new Set<string>();
  const nameOf = ({ pk, sk }: Key): string => `${pk}/${sk}`;
  const seen = (item: Item): Item => (poisoned.has(nameOf(item)) ? { ...item, format: 99 } : item);
  const plane = createControlPlane({
    agents: 2,
    gatewaysOf: (_process, { store, cluster }) => ({
      cluster,
      store: {
        ...store,
        get: async (key) => {
          const item = await store.get(key);
          return item === undefined ? undefined : seen(item);
        },
        getMany: async (keys) => (await store.getMany(keys)).map(seen),
        query: async (pk, range) => {
          const page = await store.query(pk, range);
          return { ...page, items: page.items.map(seen) };
        },
      },
    }),
  });
  return { plane, poison: (key: Key) => poisoned.add(nameOf(key)), mend: () => poisoned.clear() };
}

/** Both apps run; then an item of the bad one is no longer readable. */
async function poisonedPlane(keyOf: (plane: ControlPlane) => Promise<Key>) {
  const made = createPoisonedPlane();
  const { plane } = made;
  await plane.request('POST', '/v2/apps', appOf(BAD));
  await plane.request('POST', '/v2/apps', appOf(GOOD));
  await plane.clock.pass(2_000);
  expect([runningOf(plane, BAD), runningOf(plane, GOOD)]).toEqual([1, 1]);
  expect(plane.errors).toEqual([]);
  made.poison(await keyOf(plane));
  return made;
}

const specKey = async (plane: ControlPlane): Promise<Key> => {
  const root = await plane.state.definitions.readRoot();
  const entry = (await plane.state.definitions.loadTree(root.value.tree)).entries.get(BAD);
  if (entry?.kind !== 'app') throw new Error('no such app');
  return KEYS.spec(entry.spec);
};
const instanceKey = async (plane: ControlPlane): Promise<Key> => {
  const [instance] = await plane.state.instances.list(BAD);
  if (instance === undefined) throw new Error('no instance');
  return KEYS.instance(BAD, instance.value.id);
};

describe('a poisoned item stops only itself (design principle 11)', () => {
  it.for([
    ['definition', specKey],
    ['instance', instanceKey],
    ['queue entry', async () => KEYS.queueEntry(BAD)],
  ] as const)('%s: the others live on, its own tasks and claims stay', async ([, keyOf]) => {
    const { plane } = await poisonedPlane(keyOf);
    crash(plane, GOOD);
    await plane.clock.pass(5_000);
    expect(runningOf(plane, GOOD)).toBe(1);
    // Walks look at everything, several times over.
    await plane.clock.pass(400_000);
    expect([runningOf(plane, BAD), runningOf(plane, GOOD)]).toEqual([1, 1]);
    const claims = (await plane.state.agents.list()).flatMap((agent) => claimsOf(agent.claims.value));
    expect(claims.map(({ runSpec }) => runSpec).toSorted()).toEqual([BAD, GOOD]);
    expect(plane.errors.length).toBeGreaterThan(0);
    expect(plane.errors.filter((error) => !error.startsWith('run spec quarantined: stride#'))).toEqual([]);
  });

  it('a former definition: its instances stay as they are, and the others live on', async () => {
    const { plane, poison } = await poisonedPlane(async () => ({ pk: 'nothing', sk: 'nothing' }));
    const former = await specKey(plane);
    const { status } = await plane.request('PUT', '/v2/apps/bad', { cpus: 1_000 }, { force: 'true' });
    expect(status).toBe(200);
    await plane.clock.pass(2_000);
    poison(former);
    const crashed = crash(plane, GOOD);
    await plane.clock.pass(70_000);
    expect([runningOf(plane, BAD), runningOf(plane, GOOD)]).toEqual([1, 1]);
    expect(plane.cluster.tasks.get(crashed)?.sighting.lastStatus).toBe('STOPPED');
  });

  it('a deployment’s plan: its run spec is held to its definition', async () => {
    const { plane, poison } = createPoisonedPlane();
    const { headers } = await plane.request('POST', '/v2/apps', appOf(BAD));
    poison(KEYS.plan((headers?.['Marathon-Deployment-Id'] ?? '') as DeploymentId));
    await plane.clock.pass(65_000);
    expect(runningOf(plane, BAD)).toBe(1);
    expect(plane.errors[0]).toContain('deployment quarantined: stride#DEPLOYMENT#');
  });

  it('an agent: nothing is placed there, and its claims stay as they are', async () => {
    const { plane, poison } = createPoisonedPlane();
    await plane.request('POST', '/v2/apps', { ...appOf(BAD), instances: 4 });
    await plane.clock.pass(2_000);
    const [agent] = await plane.state.agents.list();
    if (agent === undefined) throw new Error('no agent');
    poison(KEYS.agentClaims(agent.id));
    await plane.request('POST', '/v2/apps', { ...appOf(GOOD), cpus: 0.1, instances: 8 });
    await plane.clock.pass(3_000);
    expect(runningOf(plane, GOOD)).toBe(8);
    const [same] = (await plane.state.agents.list()).filter(({ id }) => id === agent.id);
    expect(same?.claims).toEqual(agent.claims);
    expect(new Set(plane.errors).size).toBe(1);
    expect(plane.errors[0]).toContain('agent quarantined: stride#AGENT#0/');
  });

  it('that is mended is taken up by the next walk', async () => {
    const { plane, poison, mend } = createPoisonedPlane();
    await plane.request('POST', '/v2/apps', appOf(BAD));
    poison(await specKey(plane));
    await plane.clock.pass(3_000);
    expect(runningOf(plane, BAD)).toBe(0);
    mend();
    await plane.clock.pass(65_000);
    expect(runningOf(plane, BAD)).toBe(1);
    expect(await plane.state.coordination.listDirty()).toEqual([]);
  });
});
