/** `npm run bench:local`: an app of many instances on the whole local cloud, whose ECS has AWS's call limits; tasks are simulated. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { appOf, startStride, temporaryDirectory } from '../../test/e2e/running-stride.ts';

const INSTANCES_PER_AGENT = 50;
/** AWS's limit of modifying ECS calls, which the local ECS has as well. */
const ECS_CALLS = { burst: 100, perSecond: 40 };
const PATIENCE_MS = 10 * 60_000;
const LOOK_EVERY_MS = 1_000;

const { values } = parseArgs({
  options: { instances: { type: 'string', default: '1000' }, json: { type: 'string' } },
});
const instances = Number(values.instances);
const data = await temporaryDirectory();
const agents = Math.ceil(instances / INSTANCES_PER_AGENT) + 2;
const stride = await startStride(data.path, ['--agents', String(agents), '--runtime', 'simulated']);
try {
  const startedAt = performance.now();
  const app = { id: '/big', cmd: './serve', instances, cpus: 0.05, mem: 32 };
  const { status, text } = await stride.request('POST', '/v2/apps', app);
  if (status !== 201) throw new Error(`POST answered ${status}: ${text}`);
  const secondsSoFar = (): number => (performance.now() - startedAt) / 1000;
  for (let running = 0; running < instances; ) {
    if (secondsSoFar() * 1000 > PATIENCE_MS) throw new Error(`only ${running} run`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    running = (await appOf(stride, '/big')).tasksRunning;
  }
  const seconds = Number(secondsSoFar().toFixed(1));
  const ids = new Set((await appOf(stride, '/big')).tasks.map(({ id }) => id));
  if (ids.size !== instances) throw new Error(`${ids.size} tasks, ${instances} wanted`);
  const limit = (instances - ECS_CALLS.burst) / ECS_CALLS.perSecond;
  const result = {
    instances,
    agents,
    seconds,
    ecsLimitSeconds: limit,
    timesLimit: Number((seconds / limit).toFixed(2)),
  };
  console.table([result]);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  await stride.stop();
  await data.remove();
}
