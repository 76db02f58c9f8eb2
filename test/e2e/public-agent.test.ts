import { describe, expect, it, vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import { local } from './local-command.ts';
import { type AppView, appOf } from './running-stride.ts';
import { strideForSuite } from './stride-for-suite.ts';

const WAIT = { timeout: PATIENCE, interval: 20 };
/** The third agent of the local cloud, the one with role `slave_public`. */
const PUBLIC_HOST = '127.0.0.13';
const NEW_HOST = '127.0.0.14';

/** The training deck's lab 5C. */
const LAB = {
  id: '/public',
  cmd: 'sleep 1000',
  cpus: 0.1,
  mem: 32,
  instances: 1,
  constraints: [['hostname', 'UNIQUE']],
  acceptedResourceRoles: ['slave_public'],
};

/** One app on the agents of a role, one instance for each host. */
describe('lab 5C: apps on public agents', () => {
  const stride = strideForSuite();

  const runningOn = (...hosts: readonly string[]): Promise<AppView> =>
    vi.waitFor(async () => {
      const app = await appOf(stride, LAB.id);
      const running = app.tasks.filter(({ state }) => state === 'TASK_RUNNING').map(({ host }) => host);
      expect(running.toSorted()).toEqual(hosts);
      return app;
    }, WAIT);
  const explain = async () => (await stride.request('GET', '/stride/v1/explain/public')).json;

  it('runs on the public agent', async () => {
    expect(await stride.request('POST', '/v2/apps', LAB)).toMatchObject({ status: 201 });
    await runningOn(PUBLIC_HOST);
    await vi.waitFor(async () => expect((await appOf(stride, LAB.id)).deployments).toEqual([]), WAIT);
    expect(await explain()).toMatchObject({ runSpecs: [{ id: '/public', waiting: 0, unplaced: [] }] });
  });

  it('waits when it is scaled out: explain names the rules and the cure', async () => {
    await stride.request('PUT', '/v2/apps/public', { instances: 2 });
    const waits = {
      agents: 3,
      funnel: expect.arrayContaining([
        expect.objectContaining({ rule: 'role', processed: 3, declined: 2 }),
        expect.objectContaining({ rule: 'constraint', processed: 1, declined: 1 }),
      ]),
      nearest: [
        {
          host: PUBLIC_HOST,
          lacks: [{ rule: 'constraint', cure: `no instance of /public at hostname ${PUBLIC_HOST}` }],
        },
        { lacks: [{ rule: 'role', cure: 'role slave_public; it offers *' }] },
        { lacks: [{ rule: 'role' }] },
      ],
      cures: expect.arrayContaining([
        'another agent with role slave_public, whose hostname runs no instance of /public, with 0.1 cpus and 32 MiB memory free',
      ]),
      wakes: expect.arrayContaining(['AGENT_ADDED']),
    };
    await vi.waitFor(
      async () =>
        expect(await explain()).toMatchObject({
          runSpecs: [{ id: '/public', waiting: 1, unplaced: [waits] }],
          lacking: { instances: 1, shapes: [{ agents: 1, instances: 1, shape: { roles: ['*', 'slave_public'] } }] },
        }),
      WAIT,
    );
    await runningOn(PUBLIC_HOST);
  });

  it('foretells what another public agent would change, and is placed as soon as there is one', async () => {
    expect(await stride.request('POST', '/stride/v1/simulate', { id: '/public', instances: 3 })).toMatchObject({
      status: 200,
      json: { starts: 1, placements: [], lacking: { instances: 2, shapes: [{ agents: 2, instances: 2 }] } },
    });
    await local(stride, 'agent', 'add', NEW_HOST, '--ports', '32001-32010', '--role', 'slave_public');
    await runningOn(PUBLIC_HOST, NEW_HOST);
    await vi.waitFor(
      async () =>
        expect(await explain()).toMatchObject({ runSpecs: [{ waiting: 0, unplaced: [] }], lacking: { instances: 0 } }),
      WAIT,
    );
  });
});
