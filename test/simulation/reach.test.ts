import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toAppTaskId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import { resolvePathId } from '../../lib/model/path-id.ts';
import { claimsOf } from '../../lib/state/claims.ts';
import { type ControlPlane, createControlPlane } from './control-plane.ts';

const ID = resolvePathId('/app');
const APP = { id: ID, cmd: 'sleep 100', cpus: 0.1, mem: 10, instances: 3, constraints: [['hostname', 'MAX_PER', '2']] };
/** An agent is lost after two minutes; the walk that sees it when its event is lost comes each minute. */
const LOST = 200_000;

describe('agents that the cluster loses, and agents to be emptied', () => {
  let plane: ControlPlane;
  beforeEach(() => {
    plane = createControlPlane({ agents: 3 });
  });
  afterEach(() => {
    expect(plane.errors).toEqual([]);
    expect(plane.monitor.violations()).toEqual([]);
  });

  const instances = async (): Promise<readonly Instance[]> =>
    (await plane.state.instances.list(ID)).map(({ value }) => value);
  const conditions = async (): Promise<readonly string[]> =>
    (await instances()).map(({ condition }) => condition).toSorted();
  const indexOf = ({ agent }: Instance): number => Number(agent?.id.slice('i-'.length));
  const liveTasks = (): number =>
    plane.cluster.running().filter(({ sighting }) => sighting.desiredStatus === 'RUNNING').length;

  async function deploy(overrides: object = {}): Promise<{ readonly victim: Instance; readonly agent: number }> {
    expect((await plane.request('POST', '/v2/apps', { ...APP, ...overrides })).status).toBe(201);
    await plane.clock.pass(5_000);
    const [victim] = await instances();
    if (victim === undefined) throw new Error('nothing runs');
    return { victim, agent: indexOf(victim) };
  }
  const there = async (agent: number): Promise<number> =>
    (await instances()).filter((one) => indexOf(one) === agent).length;

  it('replaces at once by default, and stops what ran there when the agent is back', async () => {
    const { victim, agent } = await deploy();
    plane.cluster.setConnected(agent, false);
    await plane.clock.pass(100_000);
    expect(await conditions()).toEqual(['Running', 'Running', 'Running']);
    await plane.clock.pass(LOST - 100_000);
    expect(await conditions()).toEqual(['Running', 'Running', 'Running']);
    expect((await instances()).map(({ id }) => id)).not.toContain(victim.id);
    expect(await there(agent)).toBe(0);
    const told = plane.published.filter(({ eventType }) => eventType === 'status_update_event');
    expect(told.filter((event) => event['taskStatus'] === 'TASK_UNREACHABLE')).toContainEqual(
      expect.objectContaining({ taskId: toAppTaskId(victim.id, 1) }),
    );
    const history = await plane.request('GET', '/stride/v1/tasks');
    expect(history.json).toMatchObject({
      tasks: expect.arrayContaining([expect.objectContaining({ id: toAppTaskId(victim.id, 1) })]),
    });
    const runningThere = plane.cluster.running().length - 3;
    expect(runningThere).toBeGreaterThan(0);
    plane.cluster.setConnected(agent, true);
    await plane.clock.pass(5_000);
    expect(plane.cluster.running()).toHaveLength(3);
    const ends = plane.published.filter(({ eventType }) => eventType === 'unknown_instance_terminated_event');
    expect(ends).toHaveLength(runningThere);
    expect(ends).toContainEqual(expect.objectContaining({ instanceId: victim.id, runSpecId: ID, condition: 'Killed' }));
  });

  describe('one given up with its agent', () => {
    const claimedOn = async (agent: number): Promise<number> =>
      (await plane.state.agents.list()).flatMap(({ id, claims }) => (id === `i-${agent}` ? claimsOf(claims.value) : []))
        .length;
    const explained = async (agent: number) => {
      const { json } = await plane.request('GET', `/stride/v1/explain${ID}`);
      const { runSpecs } = json as {
        runSpecs: { unplaced: { nearest: { agent: string; lacks: { rule: string }[] }[] }[] }[];
      };
      const near = runSpecs[0]?.unplaced[0]?.nearest.find((one) => one.agent === `i-${agent}`);
      return near?.lacks.map(({ rule }) => rule);
    };

    it('holds what it has there until its end is told', async () => {
      const { victim, agent } = await deploy();
      const lost = await there(agent);
      plane.cluster.setConnected(agent, false);
      await plane.clock.pass(LOST);
      expect([await there(agent), await claimedOn(agent)]).toEqual([0, lost]);
      const launch = victim.launch && (await plane.state.instances.findLaunch(victim.launch.id));
      expect(launch).toMatchObject({ id: victim.id, ended: false, arn: victim.launch?.arn });
      plane.cluster.setConnected(agent, true);
      await plane.clock.pass(2_000);
      expect(await claimedOn(agent)).toBe(0);
    });

    it('holds it until a walk sees the end that was not told', async () => {
      let delays: readonly number[] = [5];
      plane = createControlPlane({ agents: 3, eventDelays: () => delays });
      const { agent } = await deploy();
      const lost = await there(agent);
      plane.cluster.setConnected(agent, false);
      await plane.clock.pass(LOST);
      delays = [];
      plane.cluster.setConnected(agent, true);
      await plane.clock.pass(2_000);
      expect([plane.cluster.running().length, await claimedOn(agent)]).toEqual([3, lost]);
      await plane.clock.pass(61_000);
      expect(await claimedOn(agent)).toBe(0);
    });

    it('holds it although its app is gone, and explain counts it', async () => {
      const { agent } = await deploy({ cpus: 3, instances: 1, constraints: [] });
      plane.cluster.setConnected(agent, false);
      await plane.clock.pass(130_000);
      expect((await plane.request('DELETE', `/v2/apps${ID}`)).status).toBe(200);
      await plane.clock.pass(70_000);
      expect([(await instances()).length, await claimedOn(agent)]).toEqual([0, 1]);
      const constraints = [['hostname', 'LIKE', (await plane.state.agents.list())[agent]?.host?.value.host]];
      expect((await plane.request('POST', '/v2/apps', { ...APP, cpus: 3, instances: 1, constraints })).status).toBe(
        201,
      );
      await plane.clock.pass(5_000);
      expect(await explained(agent)).toEqual(['maintenance', 'cpus']);
      plane.cluster.setConnected(agent, true);
      await plane.clock.pass(5_000);
      expect([await conditions(), await claimedOn(agent)]).toEqual([['Running'], 1]);
    });
  });

  it('waits, starts replacements when it is inactive, and lets the younger go when the lost one is back', async () => {
    const unreachableStrategy = { inactiveAfterSeconds: 60, expungeAfterSeconds: 3_600 };
    const { victim, agent } = await deploy({ unreachableStrategy });
    const lost = await there(agent);
    plane.cluster.setConnected(agent, false);
    await plane.clock.pass(175_000);
    expect(await conditions()).toEqual([...Array(3 - lost).fill('Running'), ...Array(lost).fill('Unreachable')]);
    await plane.clock.pass(75_000);
    expect(await conditions()).toEqual([...Array(3).fill('Running'), ...Array(lost).fill('UnreachableInactive')]);
    plane.cluster.setConnected(agent, true);
    await plane.clock.pass(70_000);
    expect(await conditions()).toEqual(['Running', 'Running', 'Running']);
    expect((await instances()).map(({ id }) => id)).toContain(victim.id);
    expect(liveTasks()).toBe(3);
  });

  it('expunges an inactive one in time', async () => {
    const { victim, agent } = await deploy({
      unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 60 },
    });
    plane.cluster.setConnected(agent, false);
    await plane.clock.pass(150_000);
    expect(await conditions()).toContain('UnreachableInactive');
    await plane.clock.pass(45_000);
    expect(await conditions()).toEqual(['Running', 'Running', 'Running']);
    expect((await instances()).map(({ id }) => id)).not.toContain(victim.id);
  });

  it('goes by what was seen last: a process that was idle meanwhile does not hold an agent for lost', async () => {
    let next: number | undefined;
    plane = createControlPlane({ agents: 3, warmTick: () => next });
    const { agent } = await deploy();
    next = 0;
    plane.cluster.setConnected(agent, false);
    await plane.clock.pass(60_000);
    next = undefined;
    plane.cluster.setConnected(agent, true);
    await plane.clock.pass(60_000);
    next = 0;
    await plane.clock.pass(100_000);
    expect((await plane.request('PUT', `/v2/apps${ID}`, { instances: 4 })).status).toBe(200);
    await plane.clock.pass(5_000);
    expect(await conditions()).toEqual(['Running', 'Running', 'Running', 'Running']);
    const told = plane.published.filter(({ eventType }) => eventType === 'status_update_event');
    expect(told.filter((event) => event['taskStatus'] === 'TASK_UNREACHABLE')).toEqual([]);
  });

  it('sees at once that an agent was lost, or is back, whichever processes do the ticks', async () => {
    const processes = fc.array(fc.option(fc.nat(2), { nil: undefined }), { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(processes, async (drawn) => {
        let ticks = 0;
        plane = createControlPlane({ agents: 3, warmTick: () => drawn[ticks++ % drawn.length] });
        const { agent } = await deploy({ unreachableStrategy: 'disabled' });
        const lost = await there(agent);
        for (let round = 0; round < 3; round += 1) {
          plane.cluster.setConnected(agent, false);
          await plane.clock.pass(122_000);
          expect((await conditions()).filter((one) => one === 'Unreachable')).toHaveLength(lost);
          plane.cluster.setConnected(agent, true);
          await plane.clock.pass(2_000);
          expect(await conditions()).toEqual(['Running', 'Running', 'Running']);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('takes no agent for lost whose return it did not hear of', async () => {
    let delays: readonly number[] = [5];
    plane = createControlPlane({ agents: 3, eventDelays: () => delays });
    const { agent } = await deploy();
    plane.cluster.setConnected(agent, false);
    await plane.clock.pass(117_000);
    delays = [];
    plane.cluster.setConnected(agent, true);
    await plane.clock.pass(60_000);
    const told = plane.published.filter(({ eventType }) => eventType === 'status_update_event');
    expect(told.filter((event) => event['taskStatus'] === 'TASK_UNREACHABLE')).toEqual([]);
    expect(await conditions()).toEqual(['Running', 'Running', 'Running']);
  });

  it('waits for ever where the strategy is disabled', async () => {
    const { victim, agent } = await deploy({ unreachableStrategy: 'disabled' });
    plane.cluster.setConnected(agent, false);
    await plane.clock.pass(3_600_000);
    expect(await conditions()).toContain('Unreachable');
    expect(await instances()).toHaveLength(3);
    plane.cluster.setConnected(agent, true);
    await plane.clock.pass(70_000);
    expect(await conditions()).toEqual(['Running', 'Running', 'Running']);
    expect((await instances()).map(({ id }) => id)).toContain(victim.id);
  });

  it('does not wait at all for what nobody wants any more', async () => {
    const { agent } = await deploy({ unreachableStrategy: 'disabled' });
    plane.cluster.setConnected(agent, false);
    await plane.clock.pass(LOST);
    expect(await conditions()).toContain('Unreachable');
    expect((await plane.request('DELETE', `/v2/apps${ID}`)).status).toBe(200);
    await plane.clock.pass(10_000);
    expect(await instances()).toEqual([]);
  });

  it('gives one up only when ECS has taken the order to stop its task', async () => {
    let refuses = true;
    plane = createControlPlane({
      agents: 3,
      gatewaysOf: (_process, real) => ({
        ...real,
        cluster: {
          ...real.cluster,
          stopTask: async (...order) => (refuses ? { kind: 'throttled' } : real.cluster.stopTask(...order)),
        },
      }),
    });
    const { victim, agent } = await deploy();
    plane.cluster.setConnected(agent, false);
    await plane.clock.pass(LOST);
    expect((await instances()).find(({ id }) => id === victim.id)).toMatchObject({ goal: 'Decommissioned' });
    refuses = false;
    await plane.clock.pass(70_000);
    expect((await instances()).map(({ id }) => id)).not.toContain(victim.id);
    expect(await conditions()).toEqual(['Running', 'Running', 'Running']);
  });

  /** Empties the agent; the fewest tasks that were alive at once until three ran elsewhere. */
  async function fewestWhileDraining(agent: number): Promise<number> {
    plane.cluster.setDraining(agent, true);
    let fewest = 3;
    for (let at = 0; at < 180_000; at += 100) {
      await plane.clock.pass(100);
      fewest = Math.min(fewest, liveTasks());
    }
    expect(await there(agent)).toBe(0);
    expect(await conditions()).toEqual(['Running', 'Running', 'Running']);
    return fewest;
  }

  it('empties an agent: what it runs moves first, never fewer healthy than wanted, never more than allowed', async () => {
    const { agent } = await deploy({ upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0.34 } });
    plane.monitor.allow(4);
    expect(await fewestWhileDraining(agent)).toBe(3);
    expect(plane.monitor.mostLive()).toBe(4);
  });

  it('lets go first where there is no room above, within the minimum', async () => {
    const { agent } = await deploy({ upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 } });
    plane.monitor.allow(3);
    expect(await fewestWhileDraining(agent)).toBe(2);
  });

  it('keeps on an agent to be emptied what fits nowhere else', async () => {
    const { agent } = await deploy({ instances: 1, constraints: [['hostname', 'LIKE', 'host-i-0']] });
    plane.cluster.setDraining(agent, true);
    await plane.clock.pass(130_000);
    expect(await conditions()).toEqual(['Running', 'Scheduled']);
    expect(liveTasks()).toBe(1);
    plane.cluster.setDraining(agent, false);
    await plane.clock.pass(70_000);
    expect(await conditions()).toEqual(['Running']);
    expect(liveTasks()).toBe(1);
  });
});
