import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'check-'));
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  for (const file of ['package.json', 'tsconfig.json', 'knip.json', '.dependency-cruiser.cjs', 'vitest.config.ts']) {
    cpSync(join(ROOT, file), join(project, file));
  }
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(project, dirname(path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

/** Runs a tool of node_modules in the project; what it prints, whether it complains or not. */
function run(tool: string, args: readonly string[]): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve, reject) => {
    const file = join(ROOT, 'node_modules', '.bin', tool);
    execFile(file, [...args], { cwd: project, maxBuffer: 50_000_000 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else if (stdout === '') reject(new Error(`${tool} said: ${stderr}`));
      else resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}

const cruised = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

describe('import rules', () => {
  /** An importing file, what it imports, and the rules that this breaks. */
  const IMPORTS: readonly [string, string, readonly string[]][] = [
    ['lib/deployment/sdk.ts', '@aws-sdk/client-ecs', ['pure-packages', 'sdk-only-in-lib-aws']],
    ['lib/deployment/cdk.ts', 'aws-cdk-lib', ['cdk-only-in-infra', 'deployed-packages', 'pure-packages']],
    ['lib/deployment/files.ts', 'node:fs', ['pure-no-built-ins']],
    ['lib/deployment/hash.ts', 'node:crypto', ['pure-no-built-ins']],
    ['lib/deployment/function.ts', '../../functions/api/handler.ts', ['below-functions', 'pure-folders']],
    ['lib/deployment/adapter.ts', '../aws/adapter.ts', ['pure-folders']],
    ['lib/deployment/store.ts', '../gateways/store.ts', ['pure-folders', 'pure-id-source-is-a-type']],
    ['lib/deployment/nowhere.ts', './nothing.ts', ['resolvable']],
    ['lib/deployment/schema.ts', 'zod', []],
    ['lib/deployment/sibling.ts', '../model/content-hash.ts', []],
    ['lib/model/content-hash.ts', 'node:crypto', []],
    ['lib/gateways/store.ts', '../deployment/schema.ts', ['gateways-know-the-model']],
    ['lib/gateways/timer.ts', 'node:timers', ['gateways-know-the-model']],
    ['lib/aws/adapter.ts', '@aws-sdk/client-ecs', []],
    ['lib/aws/decides.ts', '../deployment/schema.ts', ['adapters-decide-nothing']],
    ['lib/aws/launches.ts', '../launch/request.ts', ['adapters-launch-types']],
    ['lib/launch/request.ts', 'zod', []],
    ['functions/api/handler.ts', '../runtime/wiring.ts', []],
    ['functions/api/tick.ts', '../scheduler-tick/tick.ts', ['functions-apart']],
    ['functions/events/ingest/stream.ts', '../stream/stream.ts', ['functions-apart']],
    ['functions/events/stream/stream.ts', '../../../lib/deployment/schema.ts', []],
    ['functions/scheduler-tick/tick.ts', '../../infra/stack.ts', ['functions-not-infra']],
    ['functions/scheduler-tick/sdk.ts', '@aws-sdk/client-ecs', ['sdk-only-in-lib-aws']],
    ['functions/runtime/wiring.ts', 'node:timers', []],
    ['functions/runtime/knows.ts', '../api/handler.ts', ['runtime-is-shared']],
    ['infra/stack.ts', 'aws-cdk-lib', []],
    ['infra/decides.ts', '../lib/deployment/schema.ts', ['infra-wires']],
    ['infra/function.ts', '../functions/runtime/wiring.ts', ['infra-wires']],
    ['infra/local.ts', '../localstack/cloud.ts', ['local-cloud-apart']],
    ['localstack/cloud.ts', '../infra/stack.ts', []],
    ['localstack/decides.ts', '../lib/deployment/schema.ts', ['local-cloud-is-aws']],
    ['localstack/tested.ts', '../test/a.test.ts', ['tests-apart']],
    ['test/a.test.ts', '../localstack/cloud.ts', []],
  ];

  test('each wrong import breaks its rules, and no right one breaks any', async () => {
    for (const [from, to] of IMPORTS) write(from, `import '${to}';\n`);
    const folders = ['functions', 'lib', 'infra', 'localstack', 'test'];
    const { stdout } = await run('depcruise', ['--config', '.dependency-cruiser.cjs', '-T', 'json', ...folders]);
    const { violations } = cruised.parse(JSON.parse(stdout)).summary;
    const found = IMPORTS.map(([from, to]) => [
      from,
      to,
      violations
        .filter((violation) => violation.from === from)
        .map(({ rule }) => rule.name)
        .sort(),
    ]);
    expect(found).toEqual(IMPORTS);
  });

  test('cycles are found', async () => {
    write('lib/model/a.ts', "import './b.ts';\n");
    write('lib/model/b.ts', "import './a.ts';\n");
    const { code, stdout } = await run('depcruise', ['--config', '.dependency-cruiser.cjs', 'lib']);
    expect(stdout).toContain('no-circular: lib/model/a.ts');
    expect(code).toBeGreaterThan(0);
  });

  test('the type of an id source may come into a decider', async () => {
    write('lib/gateways/id-source.ts', 'export interface IdSource {}\n');
    write(
      'lib/queue/type.ts',
      "import type { IdSource } from '../gateways/id-source.ts';\nexport type A = IdSource;\n",
    );
    const { code } = await run('depcruise', ['--config', '.dependency-cruiser.cjs', 'lib']);
    expect(code).toBe(0);
  });
});

const knipReport = z.object({
  issues: z.array(
    z.object({
      file: z.string(),
      exports: z.array(z.object({ name: z.string() })).default([]),
      dependencies: z.array(z.object({ name: z.string() })).default([]),
      files: z.array(z.unknown()).default([]),
    }),
  ),
});

describe('unused code', () => {
  test('an export that nobody imports and a dependency that nobody uses are found, others are not', async () => {
    const json = z.looseObject({ dependencies: z.record(z.string(), z.string()) });
    const manifest = json.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const dependencies = { zod: '1.0.0', re2js: '1.0.0' };
    write('package.json', JSON.stringify({ ...manifest, devDependencies: {}, scripts: {}, dependencies }));
    write('lib/model/used.ts', "import 'zod';\nexport const used = 1;\nexport const unused = 2;\n");
    write('lib/model/orphan.ts', 'export const orphan = 1;\n');
    write('functions/api/lambda.ts', "import { used } from '../../lib/model/used.ts';\nexport const handler = used;\n");
    const { code, stdout } = await run('knip', ['--reporter', 'json', '--no-config-hints']);
    expect(code).toBeGreaterThan(0);
    const { issues } = knipReport.parse(JSON.parse(stdout));
    const named = issues.flatMap(({ file, exports, dependencies: unused, files }) => [
      ...exports.map(({ name }) => `${file}: export ${name}`),
      ...unused.map(({ name }) => `${file}: dependency ${name}`),
      ...files.map(() => `${file}: file`),
    ]);
    expect(named.sort()).toEqual([
      'lib/model/orphan.ts: file',
      'lib/model/used.ts: export unused',
      'package.json: dependency re2js',
    ]);
  });
});
