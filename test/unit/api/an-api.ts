import { createApi } from '../../../functions/api/api.ts';
import type { Clock } from '../../../lib/gateways/clock.ts';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import { createMemoryTaskFiles } from '../../../lib/gateways/memory-task-files.ts';
import type { Key, Store } from '../../../lib/gateways/store.ts';
import type { Outbox } from '../../../lib/model/outbox.ts';
import { createState } from '../../../lib/state/state.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { createChance } from '../../simulation/random.ts';
import { seededIds } from '../../simulation/seeded-ids.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';
import { asDeclared } from './declared-answers.ts';

/** The API on a table in memory, held against what its routes declare, and what it logged. Other processes may answer on the same table. */
export function createTestApi(config = aConfig()) {
  const store = createMemoryStore();
  const clock = createVirtualClock();
  // Writers that all wait equally long would meet again each time.
  const ids = { ...seededIds(), random: createChance(1).next };
  const taskFiles = createMemoryTaskFiles();
  const errors: string[] = [];
  const infos: (readonly [string, unknown])[] = [];
  const log = {
    info: (message: string, fields: unknown) => infos.push([message, fields]),
    error: (message: string) => errors.push(message),
  };
  /** The API as another process runs it, on a store and a clock of its own if need be. */
  const answerOn = (on: Store, time: Clock = clock) =>
    asDeclared(createApi({ state: createState(on, config.scheduler), taskFiles, clock: time, ids, config, log }));
  const state = createState(store, config.scheduler);

  /** Takes all running deployments out of the root, as the tick does when they are done. */
  async function finishAll(): Promise<void> {
    const { value, rev } = await state.definitions.readRoot();
    await state.definitions.swapRoot({ ...value, running: {} }, rev, { events: [], dirty: [], wake: false });
  }

  /** What the last write of an item announced: events, marks, wake. */
  async function outboxOf(key: Key): Promise<Outbox | undefined> {
    const outbox = (await store.get(key))?.['outbox'];
    return typeof outbox === 'string' ? (JSON.parse(outbox) as Outbox) : undefined;
  }

  return { store, taskFiles, clock, errors, infos, config, answerOn, api: answerOn(store), state, finishAll, outboxOf };
}
