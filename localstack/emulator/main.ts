import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAgentsFile } from '../agents/agents-file.ts';
import { defaultAgents } from '../agents/default-agents.ts';
import { deployToEmulator } from './deploy.ts';
import { emulatorContext, startLauncher } from './launcher.ts';

const HELP = `npm run emulator -- [options]     deploy Stride to an emulator of AWS, with the ECS that it lacks

  --endpoint URL   where the emulator listens                                (http://127.0.0.1:4566)
  --agents FILE    a JSON file that lists the agents, as for npm start       three agents
  --data DIR       where the sandboxes of tasks are                          (.stride/emulator)`;

/** Launcher, bootstrap, deployment; then until a signal. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      endpoint: { type: 'string', default: 'http://127.0.0.1:4566' },
      agents: { type: 'string' },
      data: { type: 'string', default: '.stride/emulator' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const asked = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => asked.resolve());
  const dataDirectory = resolve(values.data);
  await mkdir(dataDirectory, { recursive: true });
  const workDirectory = await mkdtemp(join(tmpdir(), 'stride-emulator-'));
  const launcher = await startLauncher({
    emulator: values.endpoint,
    agents: values.agents === undefined ? defaultAgents() : await loadAgentsFile(values.agents),
    runtime: 'auto',
    dataDirectory,
    onError: (error) => console.error('Launcher:', error instanceof Error ? error.message : error),
  });
  try {
    const { apiUrl } = await deployToEmulator({
      endpoint: values.endpoint,
      context: emulatorContext(launcher),
      workDirectory,
      onOutput: (text) => process.stdout.write(text),
    });
    console.log(`Stride is deployed: API ${apiUrl} (signed requests), sandboxes in ${dataDirectory}. Ctrl-C ends it.`);
    await asked.promise;
  } finally {
    await launcher.stop();
    await rm(workDirectory, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
