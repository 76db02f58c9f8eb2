import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { dynamoDbLocalLibraries } from '../judges/judge-cache.ts';
import { startServer } from '../judges/programs.ts';

const MAIN = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';

/** Amazon's own DynamoDB Local, in memory. */
export async function startDynamoDbLocal(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const libraries = await dynamoDbLocalLibraries();
  const directory = await mkdtemp(join(tmpdir(), 'stride-dynamodb-local-'));
  const classPath = [join(libraries, '*'), directory].join(delimiter);
  const java = [
    '-Xmx512m',
    `-Djava.io.tmpdir=${directory}`,
    `-Djava.library.path=${libraries}`,
    '-cp',
    classPath,
    MAIN,
  ];
  const server = await startServer('java', (port) => [...java, '-inMemory', '-disableTelemetry', '-port', `${port}`], {
    cwd: directory,
  });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true });
    },
  };
}
