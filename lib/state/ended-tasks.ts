import type { Store } from '../gateways/store.ts';
import type { EndedTask } from '../model/ended-task.ts';
import type { InstanceId } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import type { Instant } from '../model/timestamp.ts';
import { decodeItem, decodeReadable, encodeItem } from './items.ts';
import type { StateKeys } from './keys.ts';
import { newestFirst, type RecordPage, readPage } from './newest-first.ts';

/** As long as tasks are listed. */
const LISTED_DAYS = 30;
const DAY_SECONDS = 24 * 3600;
const TYPE = 'ended-task';
const ENTRY = 'ended-task-entry';

/** Where a list finds the record. */
interface ListEntry {
  readonly instance: InstanceId;
  readonly incarnation: number;
}

const daysAfter = (at: Instant, days: number): number => Math.floor(at / 1000) + days * DAY_SECONDS;

/** Tasks that ended: the tick writes a record before an instance forgets its task, and two lists lead to it. */
export function createEndedTasks(store: Store, keys: StateKeys) {
  async function find(instance: InstanceId, incarnation: number): Promise<EndedTask | undefined> {
    const item = await store.get(keys.endedTask(instance, incarnation));
    return item === undefined ? undefined : decodeItem<EndedTask>(item, TYPE).value;
  }

  return {
    find,
    /** The same again changes nothing. `days`: how long what it printed is kept. */
    async put(task: EndedTask, days: number): Promise<void> {
      const { instance, incarnation, runSpec, endedAt } = task;
      const record = encodeItem(keys.endedTask(instance, incarnation), TYPE, task, 1);
      const entry: ListEntry = { instance, incarnation };
      const order = `${newestFirst(endedAt)}-${instance}-${incarnation}`;
      const listed = [undefined, runSpec].map((of) =>
        encodeItem({ pk: keys.endedTasks(of), sk: order }, ENTRY, entry, 1),
      );
      await Promise.all([
        store.put({ ...record, ttl: daysAfter(endedAt, Math.max(days, LISTED_DAYS)) }),
        ...listed.map((item) => store.put({ ...item, ttl: daysAfter(endedAt, LISTED_DAYS) })),
      ]);
    },
    /** One page of those of a run spec, or of all, those that ended last first. */
    async list(runSpec: PathId | undefined, limit: number, after?: string): Promise<RecordPage<EndedTask>> {
      const { records: entries, ...rest } = await readPage<ListEntry>(
        store,
        keys.endedTasks(runSpec),
        ENTRY,
        limit,
        after,
      );
      const wanted = entries.map(({ instance, incarnation }) => keys.endedTask(instance, incarnation));
      const items = new Map((await store.getMany(wanted)).map((item) => [`${item.pk} ${item.sk}`, item]));
      const records = wanted.flatMap(({ pk, sk }) => {
        const item = items.get(`${pk} ${sk}`);
        return (item && decodeReadable<EndedTask>(item, TYPE)) ?? [];
      });
      return { records, ...rest };
    },
  };
}
