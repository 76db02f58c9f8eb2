import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore, type MemoryStore } from '../../../lib/gateways/memory-store.ts';
import { contentHash } from '../../../lib/model/content-hash.ts';
import { NOTHING_HELD } from '../../../lib/model/held.ts';
import type { LaunchId } from '../../../lib/model/ids.ts';
import { placeable, type StoredAgent } from '../../../lib/state/agents.ts';
import { toAgentClaims } from '../../../lib/state/claims.ts';
import { encodeItem } from '../../../lib/state/items.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { createState, type State } from '../../../lib/state/state.ts';
import { anAgent } from '../../fixtures/an-agent.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

const { facts, host } = anAgent();
const { id } = facts;
const claim = {
  launch: 'l' as LaunchId,
  instance: anInstance().id,
  runSpec: anInstance().runSpec,
  resources: { cpus: 1, mem: 1, disk: 1, gpus: 0 },
  hostPorts: [31_000],
  instanceRev: 1,
};
const heard = { agent: id, version: 3, digest: contentHash('heard') };
const SILENT = { events: [], dirty: [], wake: false };

let store: MemoryStore;
let agents: State['agents'];
beforeEach(() => {
  store = createMemoryStore();
  agents = createState(store, 'stride').agents;
});

describe('an agent', () => {
  it('is put together from what is known of it, each part with its revision', async () => {
    await agents.replaceFacts(facts, 0);
    await agents.replaceFacts({ ...facts, version: 2 }, 1);
    await agents.putHost(host);
    await agents.replaceHeard(heard, 0, SILENT);
    await agents.replaceClaims(toAgentClaims(id, 4, [claim]), 0);
    expect(await agents.list()).toEqual([
      {
        id,
        facts: { value: { ...facts, version: 2 }, rev: 2 },
        host: { value: host, rev: 1 },
        heard: { value: heard, rev: 1 },
        claims: { value: toAgentClaims(id, 4, [claim]), rev: 1 },
      },
    ]);
    expect(await agents.getHeard(id)).toEqual({ value: heard, rev: 1 });
  });

  it('can be placed on when facts and host are known; without claims it has none', async () => {
    await agents.replaceHeard(heard, 0, SILENT);
    expect(placeable(await agents.list())).toEqual([]);
    await agents.replaceFacts(facts, 0);
    expect(placeable(await agents.list())).toEqual([]);
    await agents.putHost(host);
    expect(placeable(await agents.list())).toEqual([{ facts, host, held: NOTHING_HELD }]);
  });

  it('has the claims that a version before lines wrote, until they are written again', async () => {
    const key = stateKeys('stride').agentClaims(id);
    await store.put(encodeItem(key, 'claims', { agent: id, fence: 4, claims: [claim] }, 3));
    const [former] = await agents.list();
    expect(former?.claims).toEqual({ value: toAgentClaims(id, 4, [claim]), rev: 3 });
    expect(await agents.replaceClaims(toAgentClaims(id, 5, []), 3)).toBe(true);
    expect((await store.get(key))?.['type']).toBe('claim-lines');
  });

  it('promises to one of all who saw the same', async () => {
    const both = [1, 2].map((fence) => agents.replaceClaims(toAgentClaims(id, fence, [claim]), 0));
    expect(await Promise.all(both)).toEqual([true, false]);
  });

  describe('that is gone', () => {
    async function onlyAgent(): Promise<StoredAgent> {
      const [agent, ...others] = await agents.list();
      if (agent === undefined || others.length > 0) throw new Error('there should be one');
      return agent;
    }
    beforeEach(async () => {
      await agents.replaceFacts(facts, 0);
      await agents.putHost(host);
      await agents.replaceHeard(heard, 0, SILENT);
      await agents.replaceClaims(toAgentClaims(id, 4, []), 0);
    });

    it('is forgotten as a whole', async () => {
      await agents.forget(await onlyAgent(), EPOCH);
      expect(await agents.list()).toEqual([]);
    });

    it('stays when something was promised on it since it was looked at', async () => {
      const seen = await onlyAgent();
      await agents.replaceClaims(toAgentClaims(id, 5, [claim]), 1);
      const promised = await onlyAgent();
      await agents.forget(seen, EPOCH);
      expect(await onlyAgent()).toEqual(promised);
    });

    it('and comes back goes on counting revisions: who saw it before loses', async () => {
      const seen = await onlyAgent();
      await agents.forget(seen, EPOCH);
      await agents.replaceFacts(facts, 0);
      expect(await onlyAgent()).toEqual({
        id,
        facts: { value: facts, rev: 1 },
        claims: { value: toAgentClaims(id, 4, []), rev: 2 },
      });
      expect(await agents.replaceClaims(toAgentClaims(id, 5, [claim]), seen.claims.rev)).toBe(false);
    });

    it('leaves nothing for ever', async () => {
      await agents.forget(await onlyAgent(), EPOCH);
      expect(store.expire(EPOCH + 25 * 3600 * 1000)).toBe(1);
    });
  });
});

it('task definitions are remembered by family', async () => {
  expect(await agents.findTaskDefinition('stride-1')).toBeUndefined();
  await agents.putTaskDefinition('stride-1', 'arn:1');
  expect(await agents.findTaskDefinition('stride-1')).toBe('arn:1');
});
