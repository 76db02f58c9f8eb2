import { describe, expect, test } from 'vitest';
import { launchLimits } from '../../../lib/launch/launch-limits.ts';
import { overridesExcess } from '../../../lib/launch/overrides-excess.ts';
import type { AppSpec, DockerImage } from '../../../lib/model/run-spec.ts';
import { taskOverrides } from '../../../lib/model/task-overrides.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anApp } from '../../fixtures/an-app.ts';

const limitsOf = (app: Partial<AppSpec>) => launchLimits(anApp(app), aConfig());

function inDocker(docker: Partial<DockerImage>): Partial<AppSpec> {
  const image = { image: 'nginx:1', forcePullImage: false, privileged: false, parameters: [], ...docker };
  return { container: { type: 'DOCKER', volumes: [], docker: image } };
}

describe('at the door', () => {
  test.each<readonly [name: string, app: Partial<AppSpec>, limits: ReturnType<typeof limitsOf>]>([
    ['nothing', {}, []],
    ['an image', inDocker({ privileged: true, forcePullImage: true }), []],
    ['what has to wait', { fetch: [{ uri: 'http://x/y', extract: true, executable: false, cache: false }] }, []],
  ])('%s', (_, app, limits) => expect(limitsOf(app)).toEqual(limits));

  test('too many characters: says how many and what to do', () => {
    const [limit, ...more] = limitsOf({ cmd: 'x'.repeat(9_000) });
    expect(more).toEqual([]);
    expect(limit?.path).toBe('/');
    expect(limit?.errors).toEqual([
      expect.stringMatching(
        /^cmd, args, env, labels and ports need up to \d+ characters at a launch, of which ECS takes 8192: shorten them by \d+, or put them into the image$/,
      ),
    ]);
  });

  test('the number it tells is exact: shortened by that much it passes, by one less it does not', () => {
    const cmd = 'x'.repeat(9_000);
    const [limit] = limitsOf({ cmd });
    const excess = Number(/shorten them by (\d+)/.exec(limit?.errors[0] ?? '')?.[1]);
    expect(limitsOf({ cmd: cmd.slice(excess) })).toEqual([]);
    expect(limitsOf({ cmd: cmd.slice(excess - 1) })).toHaveLength(1);
  });

  test('counts what JSON adds: quotes and line ends take two characters', () => {
    const excessOf = (cmd: string) => Number(/by (\d+)/.exec(limitsOf({ cmd })[0]?.errors[0] ?? '')?.[1]);
    expect(excessOf('"'.repeat(8_000)) - excessOf('x'.repeat(8_000))).toBe(8_000);
    expect(excessOf('\n'.repeat(8_000)) - excessOf('x'.repeat(8_000))).toBe(8_000);
  });
});

test('at the launch: 8,192 characters of the overrides as sent pass, one more does not', () => {
  const container = { name: 'app', command: [''], environment: {}, cpu: 1, memory: 6 };
  const empty = JSON.stringify(taskOverrides(container)).length;
  const filled = (extra: number) => ({ ...container, command: ['x'.repeat(8_192 - empty + extra)] });
  expect(overridesExcess(filled(0))).toBeUndefined();
  expect(overridesExcess(filled(1))).toEqual({ characters: 8_193, limit: 8_192 });
});
