import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerShell, startLocalAws, startTask } from './local-aws.ts';

/** Started by restart.test.ts: a local cloud with a task and its daemonized child, until somebody kills it. */
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('usage: run-until-killed.ts DATA');

const local = await startLocalAws({ dataDir, runtime: 'auto' });
const daemon = 'setsid sh -c "echo \\$\\$; exec sleep 300" & echo $$; exec sleep 300';
const arn = await startTask(local, await registerShell(local, daemon));
const stdout = join(dataDir, 'agents/127.0.0.11/tasks', arn.slice(arn.lastIndexOf('/') + 1), 'stdout');
for (;;) {
  const pids = await readFile(stdout, 'utf8').then(
    (text) => text.trim().split('\n').filter(Boolean).map(Number),
    () => [],
  );
  if (pids.length === 2) {
    console.log(JSON.stringify({ arn, pids }));
    break;
  }
  await sleep(20);
}
