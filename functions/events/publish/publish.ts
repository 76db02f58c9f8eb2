import type { Bus } from '../../../lib/gateways/bus.ts';
import type { Clock } from '../../../lib/gateways/clock.ts';
import type { ChangeRecord } from '../../../lib/gateways/store.ts';
import type { DeploymentRecord } from '../../../lib/model/deployment.ts';
import type { Outbox } from '../../../lib/model/outbox.ts';
import type { DirtyMark } from '../../../lib/state/coordination.ts';
import type { EventLog, NewEvent } from '../../../lib/state/event-log.ts';
import type { State } from '../../../lib/state/state.ts';
import { wakeEntry } from '../../runtime/wake.ts';

interface PublishDeps {
  readonly state: State;
  readonly eventLog: EventLog;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly scheduler: string;
}

interface Announcement {
  readonly record: ChangeRecord;
  readonly outbox: Outbox;
}

/** Ids that a repeated record gives again: the item, its revision, the place in its outbox. */
function newEvents({ record, outbox }: Announcement): readonly NewEvent[] {
  const { pk, sk } = record.key;
  return outbox.events.map((event, index) => ({ id: `${pk}/${sk}@${record.item?.['rev']}#${index}`, event }));
}

/** One mark for each run spec, named after the newest change that concerns it. */
function marksOf(announcements: readonly Announcement[]): readonly DirtyMark[] {
  const marks = announcements.flatMap(({ record, outbox }) =>
    outbox.dirty.map((runSpec) => [runSpec, record.sequence] as const),
  );
  return [...new Map(marks)].map(([runSpec, mark]) => ({ runSpec, mark }));
}

/** One record for each deployment: what was told of it last. */
function recordsOf(announcements: readonly Announcement[]): readonly DeploymentRecord[] {
  const told = announcements.flatMap(({ outbox }) => outbox.deployments ?? []);
  return [...new Map(told.map((record) => [record.id, record])).values()];
}

/**
 * Publishes what changes announce: marks and wakes the scheduler first, then the history of deployments, the event log, and the bus. Everything
 * here may happen twice: a mark may be made again, wakes are counted, readers drop events they have seen (design §3).
 */
export function createPublish({ state, eventLog, bus, clock, scheduler }: PublishDeps) {
  async function wakeTick(): Promise<void> {
    const lease = await state.coordination.wake();
    // A holder sees the counter before it lets go.
    const held = lease.owner !== '' && lease.until > clock.now();
    if (!held) await bus.send([wakeEntry(scheduler)]);
  }

  return async function publish(records: readonly ChangeRecord[]): Promise<void> {
    const read = await Promise.all(
      records.map(async (record): Promise<readonly Announcement[]> => {
        const outbox = record.item === undefined ? undefined : await state.readOutbox(record.item);
        return outbox === undefined ? [] : [{ record, outbox }];
      }),
    );
    const announcements = read.flat();
    await Promise.all(marksOf(announcements).map((mark) => state.coordination.markDirty(mark)));
    if (announcements.some(({ outbox }) => outbox.wake)) await wakeTick();
    await Promise.all(recordsOf(announcements).map((record) => state.deploymentHistory.put(record)));
    const logged = await eventLog.append(announcements.flatMap(newEvents), clock.now());
    await bus.send(logged.map(({ event }) => ({ detailType: event.eventType, detail: { ...event } })));
  };
}
