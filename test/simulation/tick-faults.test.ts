import { beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from './faults.ts';
import { liveThrough } from './faulty-life.ts';

/** The lease of a tick that stands still runs out meanwhile, and a rival works when it goes on. Milliseconds. */
const STALL_MS = 6_300;

/** Every n-th call of a life is hit; `STRIDE_EVERY_FAULT=1` hits each of them, which takes minutes. */
const STEP = process.env['STRIDE_EVERY_FAULT'] === '1' ? 1 : 29;

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['dies before', { kind: 'die', when: 'before' }],
  ['dies after', { kind: 'die', when: 'after' }],
  ['gets no answer before', { kind: 'fail', when: 'before' }],
  ['gets no answer after', { kind: 'fail', when: 'after' }],
  ['stands still before', { kind: 'stall', when: 'before', ms: STALL_MS }],
  ['stands still after', { kind: 'stall', when: 'after', ms: STALL_MS }],
];

describe('a tick whose gateways fail at any one call', () => {
  let calls = 0;
  beforeAll(async () => {
    calls = await liveThrough(() => undefined);
  });

  it('makes some hundred calls in the life of an app', () => {
    expect(calls).toBeGreaterThan(300);
    expect(calls).toBeLessThan(2_000);
  });

  it.for(FAULTS.map(([what, fault], offset) => ({ what, fault, offset })))(
    'reaches every stage and doubles nothing when it $what a call',
    { timeout: 600_000 },
    async ({ fault, offset }) => {
      for (let at = offset * 5; at < calls; at += STEP) {
        let struck: string | undefined;
        const life = liveThrough(({ gateway, operation, index }) => {
          if (index !== at) return undefined;
          struck = `call ${at}, ${gateway}.${operation}`;
          return fault;
        });
        await life.catch((error: unknown) => {
          throw new Error(`${struck ?? `call ${at}`}: ${JSON.stringify(fault)}`, { cause: error });
        });
        expect(struck).toBeDefined();
      }
    },
  );
});
