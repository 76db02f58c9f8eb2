import { once } from 'node:events';
import { createServer } from 'node:net';
import { LocalCloudError } from './local-cloud-error.ts';

/** Throws `LocalCloudError` when a port of 127.0.0.1 cannot be listened on: before anything else is started. */
export async function assertPortFree(port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const denied = cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
    const why = denied ? 'needs more rights than this user has' : 'is in use';
    throw new LocalCloudError(`port ${port} of 127.0.0.1 ${why}: choose another with --port (0 picks a free one)`, {
      cause,
    });
  }
  server.close();
  await once(server, 'close');
}
