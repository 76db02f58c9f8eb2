import { startStride, temporaryDirectory } from '../../test/e2e/running-stride.ts';
import { appsByGroup, idOf } from './fixed-apps.ts';
import { type Answer, type Asked, load } from './load.ts';
import { writersWindow } from './writes.ts';

const APPS = 200;
/** Each holds a worker thread of the function that streams lists: more would measure how threads begin. */
const CONNECTIONS = 4;
const WINDOW_MS = 1_500;

/** The same requests to the whole local cloud: gateway, function workers, table, streams and the scheduler. */
export async function measureLocalPath() {
  const directory = await temporaryDirectory();
  const stride = await startStride(directory.path, ['--runtime', 'simulated']);
  try {
    for (const group of appsByGroup(APPS, 0)) {
      const { status, text } = await stride.request('PUT', `/v2/groups${group.id}`, group);
      if (status !== 200) throw new Error(`PUT ${group.id}: ${status} ${text}`);
    }
    const url = new URL(stride.url);
    const port = Number(url.port);
    const stage = url.pathname === '/' ? '' : url.pathname;
    const perSecond = async (path: string): Promise<number> => {
      const asked: Asked = { method: 'GET', path: `${stage}${path}` };
      const check = ({ status, body }: Answer): void => {
        if (status !== 200) throw new Error(`GET ${path}: ${status} ${body.toString()}`);
      };
      const options = { port, connections: CONNECTIONS, request: () => asked, check, count: Number.POSITIVE_INFINITY };
      await load({ ...options, milliseconds: WINDOW_MS });
      const run = await load({ ...options, milliseconds: WINDOW_MS });
      return (run.requests / run.milliseconds) * 1_000;
    };
    return {
      [`GET /v2/apps, ${APPS} apps, each second`]: await perSecond('/v2/apps'),
      [`GET /v2/apps${idOf(7)}, each second`]: await perSecond(`/v2/apps${idOf(7)}`),
      '50 writers at once, ms': await writersWindow(port, 0),
    };
  } finally {
    await stride.stop();
    await directory.remove();
  }
}
