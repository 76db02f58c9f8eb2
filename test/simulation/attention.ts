import type { ChangeRecord, Item, Key } from '../../lib/gateways/store.ts';
import type { Root } from '../../lib/model/root.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import { decodeItem } from '../../lib/state/items.ts';
import type { ProcessName } from './process-name.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A tick that died holds its lease for so long, on a clock that may be off; meanwhile nobody wakes another. */
const LEASE_AT_MOST = 10_000;
/** In a healthy world a tick has read what was stored after so long: hops, the gathering of news, a pass. */
const PROMPT = 6_000;

const isRoot = ({ pk }: Key): boolean => pk.endsWith('#ROOT');

/** What a tick has to do with a root: equal texts need no look at the newer one. */
function dutiesOf(item: Item): string {
  const { tree, running } = decodeItem<Root>(item, 'root').value;
  return JSON.stringify([tree, Object.keys(running)]);
}

/**
 * Watches that a tick looks at whatever another process stored, and does not leave it to the timer (design principles
 * 3 and 4): soon after the write, or after the end of the last fault. After a tick that failed the timer is the promise.
 */
export function createAttention(clock: VirtualClock) {
  const unread = new Map<string, Instant>();
  const overlooked = new Set<string>();
  let duties = '';
  let healthyFrom = Number.NEGATIVE_INFINITY;
  let tickFailedAt = Number.NEGATIVE_INFINITY;

  function checkLater(partition: string, writtenAt: Instant): void {
    clock.after(Math.max(healthyFrom, clock.now()) + PROMPT - clock.now(), () => {
      if (unread.get(partition) !== writtenAt) return;
      if (writtenAt <= tickFailedAt + LEASE_AT_MOST) unread.delete(partition);
      else if (clock.now() < healthyFrom + PROMPT) checkLater(partition, writtenAt);
      else overlooked.add(`nobody looks at ${partition} before the timer does`);
    });
  }

  return {
    /** From when on no fault, nor what follows from one, has kept a tick from its work. */
    quietSince: (): Instant => Math.max(healthyFrom, tickFailedAt + LEASE_AT_MOST),
    overlooked: (): readonly string[] => [...overlooked],
    wrote(process: ProcessName, { key, item }: ChangeRecord): void {
      const before = duties;
      if (isRoot(key) && item !== undefined) duties = dutiesOf(item);
      const concerns = isRoot(key) ? duties !== before : key.pk.includes('#INSTANCE#') || key.sk.endsWith('#HEARD');
      if (!concerns || process === 'tick') return;
      unread.set(key.pk, clock.now());
      checkLater(key.pk, clock.now());
    },
    tickRead(partition: string): void {
      unread.delete(partition);
    },
    /** A call of a process goes wrong, and what follows from that is over `ms` from now. */
    disturbed(ms: number): void {
      healthyFrom = Math.max(healthyFrom, clock.now() + ms);
    },
    /** A tick failed or came to an early end. */
    tickFailed(): void {
      tickFailedAt = clock.now();
    },
  };
}

export type Attention = ReturnType<typeof createAttention>;
