import { AgentsError } from '../agents/settle-agents.ts';
import { HELP, OptionsError, parseOptions } from '../options.ts';
import { TemplateError } from '../template/template-error.ts';
import { type LocalCloud, startLocalCloud } from './local-cloud.ts';
import { LocalCloudError } from './local-cloud-error.ts';

/** Errors whose message is all that a user needs. */
const EXPLAINED = [OptionsError, LocalCloudError, AgentsError, TemplateError];

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Whether the whole way through the API answers: the gateway, a function, what it reads. */
async function ping(cloud: LocalCloud): Promise<void> {
  const response = await fetch(`${cloud.url}/ping`).catch((cause: unknown) => {
    throw new LocalCloudError(`GET ${cloud.url}/ping: ${String(cause)}`, { cause });
  });
  const body = (await response.text()).trim();
  if (response.ok && body === 'pong') return;
  throw new LocalCloudError(
    `GET ${cloud.url}/ping answered ${response.status} ${body.slice(0, 200)}: see ${cloud.dataDirectory}/logs`,
  );
}

/** Runs until a signal. Prints what a user needs to know; resolves with the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await runUntilAsked(argv);
  } catch (error) {
    console.error(EXPLAINED.some((kind) => error instanceof kind) && error instanceof Error ? error.message : error);
    return 1;
  }
}

async function runUntilAsked(argv: readonly string[]): Promise<number> {
  const asked = Promise.withResolvers<'asked'>();
  for (const signal of SIGNALS) process.on(signal, () => asked.resolve('asked'));
  const parsed = parseOptions(argv, process.env);
  if (parsed.kind === 'help') {
    console.log(HELP);
    return 0;
  }
  const started = performance.now();
  const cloud = await startLocalCloud(parsed.settings);
  try {
    await ping(cloud);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `Stride is ready (${seconds} s): API ${cloud.url}, data ${cloud.dataDirectory}, ` +
        'output of tasks in agents/<host>/tasks/<task id> and of functions in logs/ there. Ctrl-C ends it.',
    );
    const end = await Promise.race([asked.promise, cloud.failed]);
    if (end === 'asked') return 0;
    console.error('The local cloud cannot go on:', end);
    return 1;
  } finally {
    await cloud.stop();
  }
}
