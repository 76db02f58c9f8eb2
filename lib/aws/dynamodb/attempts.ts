import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { StoreUnavailable } from '../../gateways/store.ts';
import { leavesOutcomeOpen, toStoreError } from './outage.ts';

type Attempt<Args, Result> = (args: Args) => Promise<Result>;

/** The part of an SDK command that lets its attempts be watched. */
interface Watchable {
  readonly middlewareStack: {
    add(
      middleware: <Args, Result>(next: Attempt<Args, Result>) => Attempt<Args, Result>,
      options: { readonly step: 'finalizeRequest'; readonly priority: 'low'; readonly name: string },
    ): void;
  };
}

/** Ends the SDK's attempts. It carries no cause: the SDK retries whatever has a network error among its causes. */
class NotRepeatable extends Error {
  override readonly name = 'NotRepeatable';
}

/**
 * Sends a write and tells apart `undefined`, the condition did not hold and nothing was written, from not knowing.
 *
 * The SDK repeats an attempt that got no answer, and that attempt may have been carried out:
 * - A repeat whose condition fails may have met its own first write. That is `StoreUnavailable`, not `undefined`, so that
 *   `undefined` always means that somebody else's state stood in the way.
 * - A repeat of ADD would count twice: with `repeatable` false the first attempt without an answer is the last. Throttled
 *   attempts were not carried out and are repeated all the same.
 * - Put, SET, REMOVE and delete come to the same however often they are carried out.
 */
export async function sendWrite<Output>(
  repeatable: boolean,
  send: (watch: <Command extends Watchable>(command: Command) => Command) => Promise<Output>,
): Promise<Output | undefined> {
  let open: unknown;
  try {
    return await send((command) => {
      command.middlewareStack.add(
        (next) => async (args) => {
          try {
            return await next(args);
          } catch (error) {
            if (!leavesOutcomeOpen(error)) throw error;
            open = error;
            if (repeatable) throw error;
            throw new NotRepeatable('the outcome is unknown and a repeat could count twice');
          }
        },
        { step: 'finalizeRequest', priority: 'low', name: 'watchAttempts' },
      );
      return command;
    });
  } catch (error) {
    if (error instanceof NotRepeatable) throw toStoreError(open);
    if (!(error instanceof ConditionalCheckFailedException)) throw toStoreError(error);
    if (open === undefined) return undefined;
    throw new StoreUnavailable('an attempt got no answer, and the condition does not hold now', { cause: open });
  }
}
