import { describe, expect, it } from 'vitest';
import { planMoves } from '../../../lib/deployment/plan-moves.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

describe('instances of a run spec that nobody wants, without an entry (a stalled tick made them last)', () => {
  it('are let go, by an entry that comes back for it', () => {
    const instance = anInstance();
    const view = { id: instance.runSpec, instances: [instance], duty: { kind: 'stop' } as const };
    const moves = planMoves(view, () => 'never', EPOCH);
    expect(moves.entry?.doomed).toEqual([instance.id]);
    expect(moves).toMatchObject({ create: [], decommission: [instance.id], reschedule: [], expunge: [] });
  });

  it('without instances there is nothing to decide', () => {
    expect(
      planMoves({ id: anInstance().runSpec, instances: [], duty: { kind: 'stop' } }, () => 'never', EPOCH),
    ).toEqual({
      create: [],
      decommission: [],
      reschedule: [],
      expunge: [],
    });
  });
});
