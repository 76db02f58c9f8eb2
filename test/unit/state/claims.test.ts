import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { AgentId, InstanceId, LaunchId } from '../../../lib/model/ids.ts';
import type { PathId } from '../../../lib/model/path-id.ts';
import { type AgentClaims, claimsOf, type HeldClaim, keepClaims, toAgentClaims } from '../../../lib/state/claims.ts';

const AGENT = 'i-1' as AgentId;
const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
const path = fc.stringMatching(/^\/[a-z0-9_./:@+-]{0,20}$/);
const claim: fc.Arbitrary<HeldClaim> = fc.record(
  {
    launch: fc.uuid() as fc.Arbitrary<string> as fc.Arbitrary<LaunchId>,
    instance: fc.stringMatching(/^[a-z0-9_.-]{1,40}$/) as fc.Arbitrary<string> as fc.Arbitrary<InstanceId>,
    runSpec: fc.stringMatching(/^\/[a-z0-9/.-]{0,40}$/) as fc.Arbitrary<string> as fc.Arbitrary<PathId>,
    instanceRev: fc.nat(),
    resources: fc.record({ cpus: amount, mem: amount, disk: amount, gpus: amount }),
    hostPorts: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3 }),
    disks: fc.array(fc.record({ path, size: fc.nat() }), { minLength: 1, maxLength: 2 }),
    slots: fc.record({ interfaces: fc.nat(2), attachments: fc.nat(2) }),
  },
  { requiredKeys: ['launch', 'instance', 'runSpec', 'instanceRev', 'resources', 'hostPorts'] },
);
const claims = fc.array(claim, { maxLength: 4 });

/** As another process reads it. */
const stored = (value: AgentClaims): AgentClaims => JSON.parse(JSON.stringify(value));

const small = (launch: string, cpus: number, hostPorts: readonly number[] = []): HeldClaim => ({
  launch: launch as LaunchId,
  instance: `web.instance-${launch}` as InstanceId,
  runSpec: '/web' as PathId,
  instanceRev: 1,
  resources: { cpus, mem: 16, disk: 0, gpus: 0 },
  hostPorts,
});

describe('the claims of an agent', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(claims, (written) => {
        const read = stored(toAgentClaims(AGENT, 3, written));
        expect(claimsOf(read)).toEqual(written);
        const sumOf = (name: 'cpus' | 'mem' | 'disk' | 'gpus') =>
          written.reduce((sum, { resources }) => sum + resources[name], 0);
        for (const name of ['cpus', 'mem', 'disk', 'gpus'] as const) {
          expect(read.held.resources[name]).toBeCloseTo(sumOf(name), 4);
        }
        expect(read.held.hostPorts).toEqual(written.flatMap(({ hostPorts }) => hostPorts));
        for (const name of ['interfaces', 'attachments'] as const) {
          const sum = written.reduce((total, { slots }) => total + (slots?.[name] ?? 0), 0);
          expect(read.held.slots?.[name] ?? 0).toBe(sum);
        }
        expect(read.held.disks ?? []).toEqual(written.flatMap(({ disks = [] }) => disks));
      }),
    );
  });

  it('have their sum beside them, exactly, with every port', () => {
    const tenths = Array.from({ length: 40 }, (_, index) => small(`${index}`, 0.1, index < 2 ? [31_000 + index] : []));
    expect(stored(toAgentClaims(AGENT, 3, tenths)).held).toEqual({
      resources: { cpus: 4, mem: 640, disk: 0, gpus: 0 },
      hostPorts: [31_000, 31_001],
    });
  });

  it('that do not stand go, and what they hold with them', () => {
    const three = stored(toAgentClaims(AGENT, 3, [small('a', 1), small('b', 2, [80]), small('c', 0.5)]));
    expect(stored(keepClaims(three, [true, false, true]))).toEqual(
      stored(toAgentClaims(AGENT, 3, [small('a', 1), small('c', 0.5)])),
    );
  });

  it('that all stand are the same', () => {
    const two = stored(toAgentClaims(AGENT, 3, [small('a', 1), small('b', 2)]));
    expect(keepClaims(two, [true, true])).toBe(two);
  });

  it('without what a claim has are refused, with the line', () => {
    const value = { ...toAgentClaims(AGENT, 3, []), lines: ['launch web.instance-a /web 1 0.1'] };
    expect(() => claimsOf(stored(value as unknown as AgentClaims))).toThrow(
      "not a claim: 'launch web.instance-a /web 1 0.1'",
    );
  });
});
