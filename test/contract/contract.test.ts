import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES, route } from '../../functions/api/routes.ts';
import { runScenario, type Target } from './run-scenario.ts';
import { readScenarios } from './scenario.ts';
import { startStrideInMemory } from './stride-in-memory.ts';

const URL_GIVEN = process.env['STRIDE_CONTRACT_URL']?.replace(/\/$/, '');
const ALL = readScenarios();
const FILES = ALL.map(
  ([file, scenarios]) =>
    [file, scenarios.filter(({ alone }) => alone === undefined || URL_GIVEN === undefined)] as const,
);

/** Rows that can only be refused, and why. */
const ALWAYS_REFUSED: Readonly<Record<string, string>> = {
  deleteAppNamedRestart: 'no new app may be named restart',
  patchGroupNamedApps: 'such a group is never top-level',
  killPodInstance: 'no pod has an instance with an agent until pods are launched',
  getPlugin: 'there are no plugins',
  putPlugin: 'there are no plugins',
  postPlugin: 'there are no plugins',
  deletePlugin: 'there are no plugins',
};

describe('the contract', () => {
  let target: Target;
  let own: Awaited<ReturnType<typeof startStrideInMemory>> | undefined;
  beforeAll(async () => {
    own = URL_GIVEN === undefined ? await startStrideInMemory() : undefined;
    target = { url: own?.url ?? URL_GIVEN ?? '', isMarathon: process.env['STRIDE_CONTRACT_OF'] === 'marathon' };
  });
  afterAll(async () => {
    await own?.stop();
    expect(own?.errors ?? []).toEqual([]);
  });

  /** Of this run: several may share a system. */
  const run = Date.now().toString(36);
  describe.for(FILES)('%s', ([file, scenarios]) => {
    it.for(scenarios.map((scenario, index) => [scenario.name, scenario, index] as const))(
      '%s',
      { timeout: 120_000 },
      async ([, scenario, index]) => {
        await runScenario(target, scenario, `/contract-${run}-${file.replace(/\.json$/, '')}-${index}`);
      },
    );
  });
});

it('asks for every row that Marathon has, and is told that it is done', () => {
  const asked = ALL.flatMap(([, scenarios]) => scenarios.flatMap(({ steps }) => steps)).flatMap((step) => {
    const [method = '', path = ''] = step.send
      .replaceAll(/\$\{group\}/g, '/a')
      .replaceAll(/\$\{\w+\}/g, 'a')
      .split(' ');
    const found = route(method, path.split('?')[0] ?? '');
    return found.kind === 'found' ? [{ name: found.route.name, isDone: step.expect.status < 400 }] : [];
  });
  const isOurs = (path: string): boolean => path.startsWith('/stride/') || path.startsWith('/docs');
  const missing = ROUTES.filter(({ path }) => !isOurs(path)).filter(
    ({ name }) => !asked.some((one) => one.name === name && (one.isDone || name in ALWAYS_REFUSED)),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});
