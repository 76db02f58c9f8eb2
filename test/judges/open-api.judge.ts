import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiUnderTest, startApiUnderTest } from '../fixtures/api-under-test.ts';
import { pythonPrograms } from './judge-cache.ts';
import { runToEnd } from './programs.ts';

const CONFIGURATION = fileURLToPath(new URL('./schemathesis.toml', import.meta.url));
const SEED = process.env['STRIDE_SCHEMATHESIS_SEED'] ?? '20210302';
/** Requests to each operation that are drawn at random. */
const EXAMPLES = 8;
/** A minute and a half on a machine of its own. */
const LIMIT_MS = 540_000;

let program: (name: string) => string;
let api: ApiUnderTest;
let directory: string;
beforeAll(async () => {
  program = await pythonPrograms();
  directory = await mkdtemp(join(tmpdir(), 'stride-schemathesis-'));
  api = await startApiUnderTest();
});
afterAll(async () => {
  await api?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** schemathesis draws requests from the OpenAPI document, and holds each answer against it. */
it('answers as its OpenAPI document says, whatever is asked', { timeout: LIMIT_MS + 60_000 }, async () => {
  await copyFile(CONFIGURATION, join(directory, 'schemathesis.toml'));
  for (const [kind, values] of api.known)
    await writeFile(join(directory, kind), `${values.map((value) => JSON.stringify(value)).join('\n')}\n`);
  const args = [
    ...['--config-file', 'schemathesis.toml', 'run', `${api.url}/marathon/stride/v1/openapi.json`, '--no-color'],
    ...['--seed', SEED, '--max-examples', String(EXAMPLES), '--generation-database', 'none', '--warnings', 'off'],
    ...['--continue-on-failure', '--no-shrink', '--request-timeout', '20'],
  ];
  const { code, output } = await runToEnd(program('st'), args, { cwd: directory, timeoutMs: LIMIT_MS });
  console.log(
    `seed ${SEED}; another one: STRIDE_SCHEMATHESIS_SEED=…\n${output.slice(output.indexOf('API Operations:'))}`,
  );
  expect(api.errors).toEqual([]);
  expect(code, output).toBe(0);
});
