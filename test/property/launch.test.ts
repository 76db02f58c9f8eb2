import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { launchLimits } from '../../lib/launch/launch-limits.ts';
import { overridesExcess } from '../../lib/launch/overrides-excess.ts';
import { renderStartTask } from '../../lib/launch/start-task.ts';
import { contentHash } from '../../lib/model/content-hash.ts';
import { type LaunchId, toInstanceId } from '../../lib/model/ids.ts';
import type { AppSpec } from '../../lib/model/run-spec.ts';
import { hostPortWishesOf } from '../../lib/model/spec-ports.ts';
import { aConfig } from '../fixtures/a-config.ts';
import { anApp } from '../fixtures/an-app.ts';
import { anInstance, anInstanceAgent } from '../fixtures/an-instance.ts';

const port = fc.record({
  port: fc.constantFrom(0, 80, 10_000, 10_001, 65_535),
  protocol: fc.constant('tcp' as const),
  labels: fc.constant({}),
});

/** Apps around the limit: some pass the door, some do not. */
const app: fc.Arbitrary<AppSpec> = fc
  .record({
    cmd: fc.integer({ min: 6_000, max: 7_600 }).map((length) => 'x'.repeat(length)),
    env: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 12, unit: 'binary' }), {
      maxKeys: 4,
    }),
    labels: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 4 }),
    portDefinitions: fc.array(port, { maxLength: 6 }),
    requirePorts: fc.boolean(),
  })
  .map((overrides) => anApp(overrides));

const launch = fc.record({
  uuid: fc.uuid(),
  incarnation: fc.integer({ min: 1, max: 1_000_000 }),
  host: fc.string({ minLength: 1, maxLength: 253, unit: fc.constantFrom('a', '-', '.') }),
  firstPort: fc.integer({ min: 1, max: 65_000 }),
  enforceGroupRole: fc.boolean(),
});

describe('launchLimits', () => {
  test('what passes the door fits at every launch', () => {
    let passed = 0;
    fc.assert(
      fc.property(app, launch, (spec, { uuid, incarnation, host, firstPort, enforceGroupRole }) => {
        if (launchLimits(spec, aConfig()).length > 0) return;
        passed += 1;
        const { container } = renderStartTask({
          spec,
          instance: { ...anInstance({ id: toInstanceId(spec.id, uuid) }), incarnation },
          launch: uuid as string as LaunchId,
          agent: anInstanceAgent({ host }),
          hostPorts: hostPortWishesOf(spec).map((wish, n) => (wish.kind === 'fixed' ? wish.port : firstPort + n)),
          taskDefinitionArn: 'arn',
          enforceGroupRole,
          config: aConfig(),
        });
        expect(overridesExcess(container)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    expect(passed).toBeGreaterThan(50);
  });
});

describe('contentHash', () => {
  test('is that of the value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(contentHash(reversed)).toBe(contentHash(value));
        expect(contentHash({ ...value, absent: undefined })).toBe(contentHash(value));
        expect(contentHash([value])).not.toBe(contentHash(value));
      }),
    );
  });

  test('is SHA-256 of canonical JSON', () => {
    expect(contentHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    expect(contentHash({ b: [1, 'x', null], a: true })).toBe(contentHash({ a: true, b: [1, 'x', null] }));
    expect(contentHash([1, 2])).not.toBe(contentHash([2, 1]));
  });

  test.each([Number.NaN, undefined, 1n, new Date(0), () => 0, [undefined]])(
    'refuses %s, which JSON would lose',
    (value) => {
      expect(() => contentHash(value)).toThrow(TypeError);
    },
  );
});
