import { describe, expect, it } from 'vitest';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const APP = { id: '/a', cmd: './serve', cpus: 0.1, mem: 32 };
const POD = {
  id: '/p',
  containers: [{ name: 'one', resources: { cpus: 0.1, mem: 32 }, exec: { command: { shell: 'x' } } }],
};
const HEADER = 'stride-deployment-deadline';
const ASKED = { seconds: 600, action: 'rollback' };

type TestApi = ReturnType<typeof createTestApi>;
const planOf = async ({ state }: TestApi, id: string | undefined) => state.definitions.getPlan(id as DeploymentId);

/** The app, deployed. */
async function withApp(config = aConfig()) {
  const test = createTestApi(config);
  await test.api(aRequest({ method: 'POST', body: APP }));
  await test.finishAll();
  await test.clock.pass(1_000);
  return test;
}

const WRITES = [
  { method: 'POST', path: '/v2/apps', body: { ...APP, id: '/b' } },
  { method: 'PUT', path: '/v2/apps/a', body: { cmd: 'new' } },
  { method: 'PATCH', path: '/v2/apps/a', body: { cmd: 'new' } },
  { method: 'PUT', path: '/v2/apps', body: [{ id: '/a', cmd: 'new' }] },
  { method: 'PATCH', path: '/v2/apps', body: [{ id: '/a', cmd: 'new' }] },
  { method: 'POST', path: '/v2/apps/a/restart' },
  { method: 'DELETE', path: '/v2/apps/a' },
  { method: 'POST', path: '/v2/groups', body: { id: '/g', apps: [{ ...APP, id: 'c' }] } },
  { method: 'PUT', path: '/v2/groups', body: { id: '/', apps: [{ ...APP, cmd: 'new' }] } },
  { method: 'DELETE', path: '/v2/groups' },
  { method: 'POST', path: '/v2/pods', body: POD },
  { method: 'PUT', path: '/v2/pods/p', body: POD },
] as const;

describe('the header Stride-Deployment-Deadline', () => {
  it.for(WRITES)('is stored with the plan of $method $path', async (write) => {
    const test = await withApp();
    const { headers, ...answer } = await test.api(aRequest({ ...write, headers: { [HEADER]: '600;rollback' } }));
    expect(answer.status).toBeLessThan(300);
    expect((await planOf(test, headers?.['Marathon-Deployment-Id']))?.deadline).toEqual(ASKED);
  });

  it.for(WRITES)('is refused when it is wrong, by $method $path, and nothing is changed', async (write) => {
    const test = await withApp();
    const before = await test.state.definitions.readRoot();
    expect(await test.api(aRequest({ ...write, headers: { [HEADER]: '10 minutes' } }))).toEqual({
      status: 422,
      json: {
        message:
          'The header Stride-Deployment-Deadline is not of the form ' +
          '<seconds>;rollback or <seconds>;fail with 1 to 2678400 seconds, or none. Example: 600;rollback',
      },
    });
    expect(await test.state.definitions.readRoot()).toEqual(before);
  });

  it('means nothing to what starts no deployment', async () => {
    const { api } = await withApp();
    expect(await api(aRequest({ path: '/v2/apps/a', headers: { [HEADER]: 'never' } }))).toMatchObject({ status: 200 });
  });
});

describe('a configured deadline', () => {
  const config = aConfig({ deploymentDeadline: { seconds: 900, action: 'rollback' } });

  it('is of deployments that nothing else gives one, and never of what undoes one', async () => {
    const test = await withApp(config);
    const change = await test.api(aRequest({ method: 'PUT', path: '/v2/apps/a', body: { cmd: 'new' } }));
    const id = change.headers?.['Marathon-Deployment-Id'];
    expect(await planOf(test, id)).toMatchObject({ deadline: { seconds: 900, action: 'rollback' } });
    const back = await test.api(aRequest({ method: 'DELETE', path: `/v2/deployments/${id}` }));
    const plan = await planOf(test, back.headers?.['Marathon-Deployment-Id']);
    expect(plan).toMatchObject({ undoes: id });
    expect(plan?.deadline).toBeUndefined();
  });

  it('is turned off by a label, and a wrong label is refused', async () => {
    const test = await withApp(config);
    const put = (deadline: string) =>
      test.api(
        aRequest({ method: 'PUT', path: '/v2/apps/a', body: { labels: { STRIDE_DEPLOYMENT_DEADLINE: deadline } } }),
      );
    expect(await put('soon')).toMatchObject({
      status: 422,
      json: { details: [{ path: '/labels/STRIDE_DEPLOYMENT_DEADLINE' }] },
    });
    const { headers } = await put('none');
    expect((await planOf(test, headers?.['Marathon-Deployment-Id']))?.deadline).toBeUndefined();
  });
});
