import { expect, it } from 'vitest';
import { createControlPlane } from '../../simulation/control-plane.ts';

it.for([
  [true, '/dev/a', 'dev', 'TRUE'],
  [false, '/dev/a', '*', 'FALSE'],
  [true, '/other/a', '*', 'FALSE'],
] as const)('tells a task whether its group enforces its role: %s for /dev, seen by %s', async (given) => {
  const [enforceRole, id, role, told] = given;
  const plane = createControlPlane({ agents: 1 });
  expect((await plane.request('POST', '/v2/groups', { id: '/dev', enforceRole })).status).toBe(201);
  await plane.clock.pass(2_000);
  const posted = await plane.request('POST', '/v2/apps', { id, cmd: './serve' });
  expect(posted).toMatchObject({ status: 201, json: { role } });
  await plane.clock.pass(3_000);
  expect(plane.cluster.running().map(({ request }) => request.container.environment)).toEqual([
    expect.objectContaining({ MARATHON_APP_ENFORCE_GROUP_ROLE: told }),
  ]);
});
