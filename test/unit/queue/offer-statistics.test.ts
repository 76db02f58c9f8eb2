import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentId } from '../../../lib/model/ids.ts';
import type { OfferStatistics, ReasonCounts } from '../../../lib/model/offer-statistics.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { REJECTION_REASONS, type Rejection, type RejectionReason } from '../../../lib/model/rejection.ts';
import { countLook, funnelOf, isNews, type Look } from '../../../lib/queue/offer-statistics.ts';

const RUN_SPEC = resolvePathId('/app');

const idOf = (index: number): AgentId => `a${index}` as AgentId;

/** A look in which agents a0, a1… refuse for the reasons given. */
function lookOf(reasons: readonly RejectionReason[], used = 0): Look {
  const rejections = reasons.map(
    (reason, index): Rejection => ({ agent: idOf(index), rule: 'role', reason, detail: {} }),
  );
  const byReason: Partial<Record<RejectionReason, number>> = {};
  for (const reason of reasons) byReason[reason] = (byReason[reason] ?? 0) + 1;
  return {
    runSpec: RUN_SPEC,
    used,
    refusals: { agents: reasons.length, byReason, list: () => rejections },
  };
}

describe('what an attempt to launch has met with', () => {
  const first = countLook(undefined, lookOf(['UnfulfilledConstraint', 'InsufficientCpus']), 10);

  it('begins with the first look in vain', () => {
    expect(first).toEqual({
      runSpec: RUN_SPEC,
      processed: 2,
      unused: 2,
      byReason: { UnfulfilledConstraint: 1, InsufficientCpus: 1 },
      last: {
        at: 10,
        agents: 2,
        byReason: { UnfulfilledConstraint: 1, InsufficientCpus: 1 },
        refusedBy: [
          { agent: idOf(0), reason: 'UnfulfilledConstraint' },
          { agent: idOf(1), reason: 'InsufficientCpus' },
        ],
      },
    } satisfies OfferStatistics);
  });

  it('adds up, while the last look stands alone', () => {
    const second = countLook(first, lookOf(['InsufficientCpus'], 3), 20);
    expect(second).toEqual({
      runSpec: RUN_SPEC,
      processed: 6,
      unused: 3,
      lastUsedAt: 20,
      byReason: { UnfulfilledConstraint: 1, InsufficientCpus: 2 },
      last: {
        at: 20,
        agents: 1,
        byReason: { InsufficientCpus: 1 },
        refusedBy: [{ agent: idOf(0), reason: 'InsufficientCpus' }],
      },
    } satisfies OfferStatistics);
    expect(countLook(second, lookOf([]), 30)).toMatchObject({ processed: 6, unused: 3, lastUsedAt: 20 });
  });

  it('remembers a thousand agents by name and counts all', () => {
    const many = countLook(undefined, lookOf(Array.from({ length: 1_500 }, () => 'InsufficientPorts')), 1);
    expect([many.last.refusedBy.length, many.last.agents, many.unused]).toEqual([1_000, 1_500, 1_500]);
  });

  it.for([
    { what: 'the first', before: undefined, look: lookOf([]), at: 10, news: true },
    {
      what: 'the same again',
      before: first,
      look: lookOf(['UnfulfilledConstraint', 'InsufficientCpus']),
      at: 11,
      news: false,
    },
    {
      what: 'the same a while later',
      before: first,
      look: lookOf(['UnfulfilledConstraint', 'InsufficientCpus']),
      at: 30_010,
      news: true,
    },
    {
      what: 'another reason',
      before: first,
      look: lookOf(['UnfulfilledConstraint', 'InsufficientMemory']),
      at: 11,
      news: true,
    },
    { what: 'another agent', before: first, look: lookOf(['UnfulfilledConstraint']), at: 11, news: true },
    {
      what: 'one that placed something',
      before: first,
      look: lookOf(['UnfulfilledConstraint', 'InsufficientCpus'], 1),
      at: 11,
      news: true,
    },
  ])('$what is news: $news', ({ before, look, at, news }) => {
    expect(isNews(before, look, at)).toBe(news);
  });
});

describe('the funnel', () => {
  it('has all reasons in Marathon’s order, each with what the ones before it left', () => {
    const funnel = funnelOf(5, { UnfulfilledConstraint: 2, InsufficientCpus: 3 });
    expect(funnel.map(({ reason }) => reason)).toEqual(REJECTION_REASONS);
    expect(funnel.map(({ declined, processed }) => [declined, processed])).toEqual([
      [0, 5],
      [2, 5],
      [0, 3],
      [0, 3],
      [3, 3],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it('loses nothing: what entered leaves by a reason or is left at the end', () => {
    const counts = fc.dictionary(fc.constantFrom(...REJECTION_REASONS), fc.nat(50), { noNullPrototype: true });
    fc.assert(
      fc.property(counts, fc.nat(50), (byReason: ReasonCounts, used) => {
        const declined = Object.values(byReason).reduce((sum, count) => sum + count, 0);
        const funnel = funnelOf(declined + used, byReason);
        const last = funnel.at(-1);
        expect((last?.processed ?? 0) - (last?.declined ?? 0)).toBe(used);
        for (const step of funnel) expect(step.processed).toBeGreaterThanOrEqual(step.declined);
      }),
    );
  });
});
