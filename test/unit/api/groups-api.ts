import { beforeEach, expect } from 'vitest';
import type { ApiResponse } from '../../../functions/api/http.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

type Query = Readonly<Record<string, string | readonly string[]>>;

export interface ShownGroup {
  readonly id: string;
  readonly apps: readonly { readonly id: string; readonly instances: number }[];
  readonly groups: readonly ShownGroup[];
  readonly [key: string]: unknown;
}

/** An app as a client writes it. */
export const app = (id: string, fields: object = {}) => ({ id, cmd: './serve', ...fields });

/** Groups in groups, with dependencies among them and on a group elsewhere. */
export const SHOP = {
  id: '/shop',
  dependencies: ['/db'],
  apps: [app('web', { dependencies: ['backend'] }), app('/shop/admin')],
  groups: [{ id: 'backend', apps: [app('api', { dependencies: ['../web-cache'] })], groups: [{ id: 'empty' }] }],
};

/** `{'/g': ['/g/app', …]}`: the groups and the apps right in them. */
export function outline(group: ShownGroup): Record<string, readonly string[]> {
  return Object.assign({ [group.id]: group.apps.map(({ id }) => id) }, ...group.groups.map(outline));
}

/** An empty API before each test of the file, and what tests of groups ask of it. */
export function groupsApi() {
  let test: ReturnType<typeof createTestApi>;
  beforeEach(() => {
    test = createTestApi();
  });

  const send = (method: string, path: string, body?: unknown, query: Query = {}): Promise<ApiResponse> =>
    test.api(aRequest({ method, path, query, ...(body === undefined ? {} : { body }) }));

  /** Takes all running deployments out of the root, as the tick does when they are done. */
  async function finishAll(): Promise<void> {
    const root = await test.state.definitions.readRoot();
    const commit = { events: [], dirty: [], wake: false };
    await test.state.definitions.swapRoot({ ...root.value, running: {} }, root.rev, commit);
  }

  async function write(method: string, path: string, body?: unknown, query: Query = {}): Promise<string> {
    const { status, json } = await send(method, path, body, query);
    expect({ status, json }).toMatchObject({ status: expect.toBeOneOf([200, 201]) });
    await finishAll();
    await test.clock.pass(1_000);
    return (json as { version: string }).version;
  }

  async function shown(path = '/v2/groups', query: Query = {}): Promise<ShownGroup> {
    const { status, json } = await send('GET', path, undefined, query);
    expect(status).toBe(200);
    return json as ShownGroup;
  }

  /** Every event of the last commit. */
  async function announced() {
    const item = await test.store.get(stateKeys('stride').root);
    const outbox = item === undefined ? undefined : await test.state.readOutbox(item);
    return outbox?.events ?? [];
  }

  return {
    send,
    finishAll,
    write,
    shown,
    announced,
    tree: async () => outline(await shown()),
    state: () => test.state,
  };
}
