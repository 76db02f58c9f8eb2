import type { VirtualClock } from './virtual-clock.ts';

const VISIBILITY = 30_000;
const MAX_RECEIVES = 5;
const BATCH = 10;

/** An event on its way to the tables. */
interface Message {
  readonly body: string;
  readonly receives: number;
}

/** Waits for all of them; then throws what the first failure was. */
export async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/**
 * The queue: messages go in batches to one invocation each; what it did not handle comes again later, a few times.
 * `receive`: one invocation; gives the places of the bodies that it handled.
 */
export function createEventQueue(
  clock: VirtualClock,
  receive: (bodies: readonly string[]) => Promise<ReadonlySet<number>>,
) {
  const arrived: Message[] = [];

  async function deliver(batch: readonly Message[]): Promise<void> {
    const handled = await receive(batch.map(({ body }) => body));
    batch.forEach(({ body, receives }, index) => {
      if (handled.has(index) || receives >= MAX_RECEIVES) return;
      clock.after(VISIBILITY, () => arrive({ body, receives: receives + 1 }));
    });
  }
  function deliverAll(): void {
    while (arrived.length > 0) void deliver(arrived.splice(0, BATCH));
  }
  function arrive(message: Message): void {
    arrived.push(message);
    if (arrived.length === 1) clock.after(1, deliverAll);
  }

  return { send: (body: string): void => arrive({ body, receives: 1 }) };
}
