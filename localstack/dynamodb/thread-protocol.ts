import type { StandingFault } from '../faults/fault.ts';
import type { FaultChange } from '../faults/fault-table.ts';
import type { StartingPosition } from './change-log.ts';
import type { DynamoDbCall } from './http-front.ts';
import type { StreamRecord } from './stream-record.ts';
import type { TableDefinition } from './table-definition.ts';

/** What the thread is started with. */
export interface ThreadOptions {
  readonly directory?: string;
  readonly tables: readonly TableDefinition[];
  readonly region: string;
  readonly account: string;
  readonly recordCalls: boolean;
}

/** What the main thread asks of the DynamoDB thread. */
export type ThreadRequest =
  | {
      readonly kind: 'openConsumer';
      readonly table: string;
      readonly consumer: string;
      readonly position: StartingPosition;
    }
  | { readonly kind: 'read'; readonly table: string; readonly consumer: string; readonly max: number }
  | { readonly kind: 'checkpoint'; readonly table: string; readonly consumer: string; readonly sequence: string }
  | { readonly kind: 'expire' }
  | { readonly kind: 'faults'; readonly change: FaultChange | undefined }
  | { readonly kind: 'close' };

export interface ThreadEnvelope {
  readonly id: number;
  readonly request: ThreadRequest;
}

/** `records`, `deleted` and `faults` answer `read`, `expire` and `faults`; the others are answered without any. */
export interface ThreadAnswer {
  readonly records?: readonly StreamRecord[];
  readonly deleted?: number;
  readonly faults?: readonly StandingFault[];
}

/** What the DynamoDB thread tells the main thread. */
export type ThreadMessage =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: ThreadAnswer }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: Error }
  | { readonly kind: 'recorded'; readonly tables: readonly string[] }
  | { readonly kind: 'call'; readonly call: DynamoDbCall };
