import { describe, expect, it } from 'vitest';
import { createAgentWatch } from '../../../functions/scheduler-tick/watch-agents.ts';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import type { AgentFacts } from '../../../lib/model/agent.ts';
import type { AgentId, LaunchId } from '../../../lib/model/ids.ts';
import { toInstanceId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { StoredAgent } from '../../../lib/state/agents.ts';
import { type HeldClaim, toAgentClaims } from '../../../lib/state/claims.ts';
import { createState } from '../../../lib/state/state.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anAgent } from '../../fixtures/an-agent.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { seededIds } from '../../simulation/seeded-ids.ts';

const WEB = resolvePathId('/web');
const ID = 'i-1' as AgentId;
const claim: HeldClaim = {
  launch: 'launch' as LaunchId,
  runSpec: WEB,
  instance: toInstanceId(WEB, 'one'),
  resources: NO_RESOURCES,
  hostPorts: [],
  instanceRev: 1,
};
const stored = (facts: Partial<AgentFacts>, claims: readonly HeldClaim[] = [claim]): StoredAgent => ({
  id: ID,
  facts: { value: anAgent({ id: ID, facts }).facts, rev: 1 },
  claims: { value: toAgentClaims(ID, 1, claims), rev: 1 },
});

function createWatch() {
  const state = createState(createMemoryStore(), 'stride');
  const watch = createAgentWatch({ state, ids: seededIds(), config: aConfig({ agentTimeoutMs: 1_000 }) });
  return { watch, marked: async () => (await state.coordination.listDirty()).map(({ runSpec }) => runSpec) };
}

const WELL = { connected: true, status: 'ACTIVE' } as const;
const CUT_OFF = { connected: false, status: 'ACTIVE' } as const;
const DRAINING = { connected: true, status: 'DRAINING' } as const;

describe('what became of agents', () => {
  it.for([
    { before: undefined, now: WELL, isNews: false },
    { before: undefined, now: CUT_OFF, isNews: true },
    { before: undefined, now: DRAINING, isNews: true },
    { before: WELL, now: WELL, isNews: false },
    { before: WELL, now: CUT_OFF, isNews: true },
    { before: CUT_OFF, now: CUT_OFF, isNews: false },
    { before: CUT_OFF, now: WELL, isNews: true },
    { before: WELL, now: DRAINING, isNews: true },
    { before: DRAINING, now: DRAINING, isNews: false },
    { before: DRAINING, now: WELL, isNews: true },
  ])('$before, then $now: whoever runs there is looked at: $isNews', async ({ before, now, isNews }) => {
    const { watch, marked } = createWatch();
    // What is already known was marked once: a process of its own has its own marks.
    if (before !== undefined) await watch.note([stored(before, [])]);
    expect(await watch.note([stored(now)])).toBe(isNews);
    expect(await marked()).toEqual(isNews ? [WEB] : []);
    expect([...watch.draining()]).toEqual(now.status === 'DRAINING' ? [ID] : []);
    expect(watch.isReached(ID)).toBe(now.connected);
  });

  it('counts an agent as lost when its disconnect has aged, and knows nothing of one that it never saw', async () => {
    const { watch } = createWatch();
    expect({ lostAt: watch.lostAt(ID), isReached: watch.isReached(ID) }).toEqual({
      lostAt: undefined,
      isReached: false,
    });
    await watch.note([stored({ ...CUT_OFF, connectedSince: EPOCH })]);
    expect(watch.lostAt(ID)).toBe(EPOCH + 1_000);
    await watch.note([stored(WELL)]);
    expect(watch.lostAt(ID)).toBeUndefined();
    await watch.note([]);
    expect(watch.isReached(ID)).toBe(false);
  });

  it('knows nothing when it was told to forget: what runs on one that is cut off is looked at again', async () => {
    const { watch, marked } = createWatch();
    await watch.note([stored({ ...CUT_OFF, connectedSince: EPOCH }, [])]);
    watch.forget();
    expect(watch.lostAt(ID)).toBeUndefined();
    expect(await watch.note([stored(CUT_OFF)])).toBe(true);
    expect(await marked()).toEqual([WEB]);
  });
});
