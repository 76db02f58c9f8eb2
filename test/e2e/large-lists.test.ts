import { beforeAll, describe, expect, it } from 'vitest';
import { strideForSuite } from './stride-for-suite.ts';

/** Lambda's limit for a result. */
const LIMIT = 6 * 1024 * 1024;
const REQUESTS = 3;
const APPS_A_REQUEST = 30;

/** An app of about 100 KB; nothing of it reaches a task. */
const largeApp = (id: string) => ({
  id,
  cmd: 'sleep 1000',
  instances: 0,
  portDefinitions: [{ port: 0, labels: { text: 'ü'.repeat(50_000) } }],
});

interface ShownGroup {
  readonly id: string;
  readonly apps: readonly { readonly id: string }[];
  readonly groups: readonly ShownGroup[];
}

const idsBelow = ({ apps, groups }: ShownGroup): readonly string[] => [
  ...apps.map(({ id }) => id),
  ...groups.flatMap(idsBelow),
];

/** Answers above what a function can return at once, through the local gateway. */
describe('large lists', () => {
  const ids = Array.from({ length: REQUESTS * APPS_A_REQUEST }, (_, n) => `/large/app-${n}`).toSorted();
  const stride = strideForSuite('--agents', '1', '--runtime', 'simulated');
  beforeAll(async () => {
    for (let request = 0; request < REQUESTS; request += 1) {
      const part = ids.slice(request * APPS_A_REQUEST, (request + 1) * APPS_A_REQUEST);
      const { status, text } = await stride.request('PUT', '/v2/apps', part.map(largeApp));
      expect(status, text).toBe(200);
    }
  });

  it('of apps are streamed whole', async () => {
    const { status, text, json, headers } = await stride.request('GET', '/v2/apps');
    expect({ status, streamed: headers.get('transfer-encoding') }).toEqual({ status: 200, streamed: 'chunked' });
    expect(Buffer.byteLength(text)).toBeGreaterThan(LIMIT);
    expect((json as { apps: readonly { id: string }[] }).apps.map(({ id }) => id)).toEqual(ids);
  });

  it.each(['/v2/groups', '/v2/groups/large', '/v2/groups//large/'])(
    'of groups are streamed whole: %s',
    async (path) => {
      const { status, text, json } = await stride.request('GET', path);
      expect(status).toBe(200);
      expect(Buffer.byteLength(text)).toBeGreaterThan(LIMIT);
      expect(idsBelow(json as ShownGroup).toSorted()).toEqual(ids);
    },
  );

  it('elsewhere are refused with the limit and what to do', async () => {
    const { status, json } = await stride.request('GET', '/v2/apps/large/*');
    expect(status).toBe(500);
    expect(json).toEqual({
      message: expect.stringMatching(/^The answer has \d+ bytes, more than the limit of 6291456\. /),
    });
  });

  it('leave errors and other methods as they are', async () => {
    expect(await stride.request('GET', '/v2/groups/nobody')).toMatchObject({
      status: 404,
      json: { message: "Group '/nobody' does not exist" },
    });
    expect(await stride.request('GET', '/v2/apps?label=%28')).toMatchObject({ status: 422 });
    expect(await stride.request('OPTIONS', '/v2/apps')).toMatchObject({ status: 200 });
    const head = await stride.request('HEAD', '/v2/groups');
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
    expect(await stride.request('GET', '/v2/apps//large/app-1/versions')).toMatchObject({ status: 200 });
  });
});
