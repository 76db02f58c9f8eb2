import { createApi } from '../../functions/api/api.ts';
import { toApiRequest, toProxyResult } from '../../functions/api/proxy-event.ts';
import { aConfig } from '../fixtures/a-config.ts';
import { serveApi } from '../fixtures/serve-api.ts';
import { createControlPlane } from '../simulation/control-plane.ts';
import { seededIds } from '../simulation/seeded-ids.ts';

/** How far time goes on with each request, and while one is answered, ms: who asks again sees progress. */
const STEP = 500;

/** The whole control plane on tables in memory and a simulated cluster, its API over HTTP. */
export async function startStrideInMemory() {
  const { state, taskFiles, clock, errors } = createControlPlane();
  const config = aConfig({ region: 'local' });
  const log = { info: () => undefined, error: (message: string, error: unknown) => errors.push(`${message} ${error}`) };
  const api = createApi({ state, taskFiles, clock, ids: seededIds(), config, log });
  await clock.pass(60_000);
  const server = await serveApi(async (event) => {
    const request = toApiRequest(event);
    const open = { waits: true };
    const answered = api(request).finally(() => {
      open.waits = false;
    });
    do await clock.pass(STEP);
    while (open.waits);
    return toProxyResult(request, await answered, config.allowedOrigins);
  });
  return { url: server.url, errors, stop: server.stop };
}
