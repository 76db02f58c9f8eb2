import { describe, expect, it, vi } from 'vitest';
import { SLASH_MODES } from '../../localstack/api-gateway/slashes.ts';
import { PATIENCE } from '../setup/patience.ts';
import { local } from './local-command.ts';
import { type AppView, appOf } from './running-stride.ts';
import { strideForSuite } from './stride-for-suite.ts';

const WAIT = { timeout: PATIENCE, interval: 20 };

const APP = { id: '/products/shop', cpus: 0.1, mem: 10, cmd: 'sleep 1000' };

/** How clients write the id of one app: marathon-python, marathon-consul, go-marathon, dcos, and worse. */
const SPELLINGS = [
  '/products/shop',
  '//products/shop',
  '/%2Fproducts%2Fshop',
  '/products%2fshop',
  '/products//shop',
  '///products///shop',
  '//products%2F%2Fshop',
];

const READS = ['', '/', '//', '/tasks', '/tasks/', '//tasks', '%2Ftasks', '/versions', '/versions/', '//versions//'];

interface Seen {
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

/** What differs from run to run: instants, ids, the port that was free. */
function withoutChance(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/"ports":\[\d+\]/g, '"ports":[<port>]');
}

/** The answers are the same whether a gateway keeps, collapses or decodes slashes (design §5). */
describe('ids with slashes in every spelling', () => {
  const stride = strideForSuite('--agents', '1', '--runtime', 'simulated');

  const settled = (count: number): Promise<AppView> =>
    vi.waitFor(async () => {
      const app = await appOf(stride, APP.id);
      expect({ running: app.tasksRunning, deployments: app.deployments }).toEqual({ running: count, deployments: [] });
      return app;
    }, WAIT);

  /** The whole life of the app, each step in another spelling. */
  async function live(): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    const send = async (method: string, path: string, body?: unknown): Promise<void> => {
      const { status, text } = await stride.request(method, path, body);
      seen.push({ request: withoutChance(`${method} ${path}`), status, body: withoutChance(text) });
    };
    await send('POST', '/v2/apps/', { ...APP, instances: 1 });
    const { version } = await settled(1);
    for (const spelling of SPELLINGS) {
      for (const suffix of [...READS, `/versions/${version}`, `//versions//${version}/`]) {
        await send('GET', `/v2/apps${spelling}${suffix}`);
      }
      await send('HEAD', `/v2//apps${spelling}`);
    }
    const puts = ['//products/shop', '/%2Fproducts%2Fshop/', '///products///shop', '/products%2fshop'];
    for (const [index, spelling] of puts.entries()) {
      const instances = 2 - (index % 2);
      await send('PUT', `/v2/apps${spelling}`, { instances });
      await settled(instances);
    }
    await send('POST', '/v2/apps//products%2Fshop//restart');
    await settled(1);
    await send('DELETE', '/v2/apps/%2Fproducts//shop/');
    await vi.waitFor(async () => expect((await stride.request('GET', '/v2/deployments')).json).toEqual([]), WAIT);
    for (const spelling of SPELLINGS) await send('GET', `/v2/apps${spelling}/`);
    return seen;
  }

  it('has the same answers whether slashes are kept, collapsed or decoded', async () => {
    const answers = new Map<string, readonly Seen[]>();
    for (const mode of SLASH_MODES) {
      expect(await local(stride, 'gateway', 'slashes', mode)).toEqual([mode]);
      answers.set(mode, await live());
    }
    const kept = answers.get('kept') ?? [];
    expect(answers.get('collapsed')).toEqual(kept);
    expect(answers.get('decoded')).toEqual(kept);

    const statuses = (prefix: string, filter = (_: Seen) => true) =>
      new Set(kept.filter((each) => each.request.startsWith(prefix) && filter(each)).map(({ status }) => status));
    expect(kept[0]).toMatchObject({ status: 201, body: expect.stringContaining('"id":"/products/shop"') });
    const deleted = kept.findIndex(({ request }) => request.startsWith('DELETE'));
    expect(statuses('GET', (each) => kept.indexOf(each) < deleted)).toEqual(new Set([200]));
    expect(statuses('GET', (each) => kept.indexOf(each) > deleted)).toEqual(new Set([404]));
    expect([statuses('HEAD'), statuses('PUT'), statuses('DELETE')]).toEqual([
      new Set([200]),
      new Set([200]),
      new Set([200]),
    ]);
    // Each spelling of one question has one answer.
    for (const suffix of ['/tasks', '/versions']) {
      const bodies = kept.filter(({ request }) => request.startsWith('GET') && request.endsWith(suffix));
      expect(bodies).toHaveLength(SPELLINGS.length * (suffix === '/tasks' ? 2 : 1));
      expect(new Set(bodies.map(({ body }) => body)).size).toBe(1);
    }
  });
});
