import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replay } from '../../cli/replay-tick.ts';
import { StoreUnavailable } from '../../lib/gateways/store.ts';
import { type ControlPlane, createControlPlane } from './control-plane.ts';

const APP = {
  id: '/app',
  cmd: 'sleep 100',
  mem: 10,
  cpus: 1,
  constraints: [['hostname', 'MAX_PER', '2']],
  instances: 8,
};
const WEEK = 7 * 24 * 3600_000;

interface Tick {
  readonly id: string;
  readonly changed: readonly string[];
  readonly placed: number;
  readonly launched: number;
  readonly unplaced: number;
  readonly replayable: boolean;
  readonly plan?: { readonly placements: readonly object[]; readonly unplaced: readonly object[] };
  readonly data?: string;
}

async function ticksOf(plane: ControlPlane, query = {}): Promise<readonly Tick[]> {
  const { status, json } = await plane.request('GET', '/stride/v1/ticks', undefined, query);
  expect(status).toBe(200);
  return (json as { ticks: readonly Tick[] }).ticks;
}
async function tickOf(plane: ControlPlane, { id }: Tick, query = {}): Promise<Tick> {
  const { status, json } = await plane.request('GET', `/stride/v1/ticks/${id}`, undefined, query);
  expect(status).toBe(200);
  return json as Tick;
}

describe('the flight recorder', () => {
  let plane: ControlPlane;
  beforeEach(async () => {
    plane = createControlPlane({ agents: 3 });
    await plane.clock.pass(1_000);
  });

  it('keeps what changed something, the newest first, and nothing while nothing changes', async () => {
    expect(await ticksOf(plane)).toEqual([]);
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(3_000);
    const ticks = await ticksOf(plane);
    expect(ticks.filter(({ placed }) => placed > 0)).toMatchObject([
      { placed: 6, launched: 6, unplaced: 2, agents: 3, replayable: true },
    ]);
    expect(ticks.at(-1)).toMatchObject({ changed: ['/app'], placed: 0, replayable: false });
    await plane.clock.pass(120_000);
    expect(await ticksOf(plane)).toHaveLength(ticks.length);
    await plane.request('DELETE', '/v2/apps/app');
    await plane.clock.pass(3_000);
    const later = await ticksOf(plane);
    expect(later.length).toBeGreaterThan(ticks.length);
    expect(later.slice(-ticks.length)).toEqual(ticks);
    expect(plane.errors).toEqual([]);
  });

  it('shows the plan of a pass and its reasons', async () => {
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(3_000);
    const [found] = (await ticksOf(plane)).filter(({ placed }) => placed > 0);
    const tick = found === undefined ? undefined : await tickOf(plane, found);
    expect(tick).toMatchObject({
      ...found,
      plan: { unplaced: [{ runSpec: '/app', agents: 3, byRule: { constraint: 3 } }] },
    });
    expect(tick?.plan?.placements).toHaveLength(6);
    expect(tick?.data).toBeUndefined();
    expect(await plane.request('GET', '/stride/v1/ticks/none')).toMatchObject({ status: 404 });
  });

  it('lists page by page, and forgets after seven days', async () => {
    for (let n = 0; n < 60; n += 1) {
      await plane.request('PUT', '/v2/apps/app', { ...APP, instances: 1 + (n % 2) }, { force: 'true' });
      await plane.clock.pass(2_000);
    }
    const { json } = await plane.request('GET', '/stride/v1/ticks');
    const { ticks, next = '' } = json as { ticks: readonly Tick[]; next?: string };
    expect(ticks).toHaveLength(100);
    const rest = await ticksOf(plane, { after: next });
    expect(rest.length).toBeGreaterThan(0);
    expect(new Set([...ticks, ...rest].map(({ id }) => id)).size).toBe(100 + rest.length);
    plane.store.expire(plane.clock.now() + WEEK + 1_000);
    expect(await ticksOf(plane)).toEqual([]);
  });

  it('does not hold up a pass that it cannot keep', async () => {
    const broken = createControlPlane({
      agents: 3,
      gatewaysOf: (_process, { store }) => ({
        store: {
          ...store,
          put: (item, condition) =>
            item.pk.includes('TICK') ? Promise.reject(new StoreUnavailable('no')) : store.put(item, condition),
        },
      }),
    });
    await broken.request('POST', '/v2/apps', APP);
    await broken.clock.pass(3_000);
    expect(broken.cluster.running()).toHaveLength(6);
    expect(broken.errors.every((error) => error.startsWith('a pass was not recorded: '))).toBe(true);
    expect(broken.errors.length).toBeGreaterThan(0);
  });
});

describe('npm run replay', () => {
  let plane: ControlPlane;
  /** What the API answers for one path, as it left the plane or forged. */
  const answers = new Map<string, unknown>();
  const server = createServer((request, response) => {
    const body = answers.get(new URL(request.url ?? '', 'http://x').pathname);
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body ?? { message: 'Tick none does not exist' }));
  });
  let url: string;
  beforeEach(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    plane = createControlPlane({ agents: 3 });
    await plane.request('POST', '/v2/apps', APP);
    await plane.clock.pass(3_000);
    for (const tick of await ticksOf(plane)) {
      answers.set(`/stride/v1/ticks/${tick.id}`, await tickOf(plane, tick, { embed: 'data' }));
    }
  });
  afterEach(async () => {
    answers.clear();
    await new Promise((resolve) => server.close(resolve));
  });
  const placing = async (): Promise<Tick> => {
    const tick = (await ticksOf(plane)).find(({ placed }) => placed > 0);
    if (tick === undefined) throw new Error('nothing was placed');
    return tickOf(plane, tick, { embed: 'data' });
  };

  it('makes the same plan again', async () => {
    const { id } = await placing();
    const { isSame, lines } = await replay(`${url}/`, id);
    expect({ isSame, lines }).toEqual({
      isSame: true,
      lines: [expect.stringMatching(/the same plan, 6 placed, 2 not\.$/)],
    });
  });

  it('says what differs', async () => {
    const tick = await placing();
    const data = JSON.parse(gunzipSync(Buffer.from(tick.data ?? '', 'base64')).toString()) as {
      plan: { placements: number[][] };
    };
    data.plan.placements = data.plan.placements.slice(1);
    const forged = gzipSync(JSON.stringify(data)).toString('base64');
    answers.set(`/stride/v1/ticks/${tick.id}`, { ...tick, data: forged });
    const { isSame, lines } = await replay(url, tick.id);
    expect(isSame).toBe(false);
    expect(lines).toEqual([
      expect.stringMatching(/recorded 5 placed, 2 not; made again 6 placed, 2 not\.$/),
      expect.stringMatching(/^\+ app\.instance-.* on .*, ports \[3\d+\]$/),
    ]);
  });

  it('refuses what is not the scheduler’s, what kept nothing, and what is not there', async () => {
    const tick = await placing();
    answers.set(`/stride/v1/ticks/${tick.id}`, { ...tick, digest: 'other' });
    expect(await replay(url, tick.id)).toEqual({ isSame: false, lines: ['The inputs are not those of the digest.'] });
    const nothing = (await ticksOf(plane)).find(({ replayable }) => !replayable);
    expect(await replay(url, nothing?.id ?? '')).toMatchObject({
      isSame: false,
      lines: [expect.stringContaining('kept no inputs')],
    });
    expect(await replay(url, 'none')).toEqual({ isSame: false, lines: ['404: Tick none does not exist'] });
  });

  it('names a place where nobody answers', async () => {
    const { lines, isSame } = await replay('http://stride.invalid', 'any');
    expect(isSame).toBe(false);
    expect(lines).toEqual([expect.stringMatching(/^http:\/\/stride\.invalid gives no answer .* --url URL/)]);
  });
});
