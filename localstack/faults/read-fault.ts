import * as z from 'zod';
import { CALL_FAULT_KINDS, type CallFault, EVENT_FAULT_KINDS, type EventFault } from './fault.ts';

/** A fault that cannot be set; the text names the argument and the cure. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}

/** What calls and callers there are. */
export interface FaultScope {
  readonly services: readonly {
    readonly name: string;
    readonly operations: readonly string[];
    /** Its operations that can be answered as of a moment ago, as far back as it was told to remember. */
    readonly lag?: { readonly operations: readonly string[]; remember(ms: number): void };
  }[];
  readonly functions: readonly { readonly name: string; readonly logicalId: string }[];
}

/** The target of faults on events, where calls have `SERVICE:OPERATION`. */
const EVENTS = 'events';

const DEFAULT_SHUFFLE_MS = 1_000;

const wholeNumber = (what: string) => z.int(`must be ${what}`);

const request = z.strictObject({
  target: z.string(),
  kind: z.string(),
  ms: wholeNumber('a whole number of milliseconds from 1')
    .positive('must be a number of milliseconds from 1')
    .optional(),
  probability: z
    .number('must be a number over 0, up to 1')
    .gt(0, 'must be over 0')
    .max(1, 'must be 1 at most')
    .default(1),
  times: wholeNumber('a whole number from 1').positive('must be a whole number from 1').optional(),
  seed: wholeNumber('a whole number').default(1),
  caller: z.string().optional(),
  detailType: z.string().min(1).optional(),
  source: z.string().min(1).optional(),
});

type FaultRequest = z.infer<typeof request>;

/** As it is asked for on the command line. */
export type FaultOrder = (CallFault | EventFault) & {
  readonly probability: number;
  readonly times?: number;
  readonly seed: number;
};

/** Checks what was asked for against what there is. Throws `FaultError`. */
export function readFault(body: unknown, scope: FaultScope): FaultOrder {
  const parsed = request.safeParse(body);
  if (!parsed.success) throw new FaultError(parsed.error.issues.map(describeIssue).join('; '));
  const { probability, times, seed, ...what } = parsed.data;
  const fault = what.target === EVENTS ? eventFault(what) : callFault(what, scope);
  return { ...fault, probability, seed, ...(times === undefined ? {} : { times }) };
}

const OPTIONS: Readonly<Record<string, string>> = {
  detailType: '--detail-type',
  target: 'SERVICE:OPERATION',
  kind: 'the fault',
};

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const name = String(path[0] ?? 'the body');
  return `${OPTIONS[name] ?? `--${name}`} ${message}`;
}

type What = Omit<FaultRequest, 'probability' | 'times' | 'seed'>;

function eventFault({ kind: given, ms, caller, detailType, source }: What): EventFault {
  const kind = EVENT_FAULT_KINDS.find((each) => each === given);
  if (kind === undefined) {
    throw new FaultError(`${given} does not happen to events: give one of ${EVENT_FAULT_KINDS.join(', ')}`);
  }
  if (caller !== undefined) throw new FaultError('--caller is for calls: give --source or --detail-type for events');
  return {
    on: 'event',
    kind,
    ms:
      kind === 'shuffle'
        ? (ms ?? DEFAULT_SHUFFLE_MS)
        : millisecondsOf(kind, ms, { delay: 'needed', double: 'possible' }),
    ...(detailType === undefined ? {} : { detailType }),
    ...(source === undefined ? {} : { source }),
  };
}

function callFault({ target, kind: given, ms, caller, detailType, source }: What, scope: FaultScope): CallFault {
  const [service = '', operation = '', ...rest] = target.split(':');
  const served = scope.services.find(({ name }) => name === service);
  if (served === undefined || operation === '' || rest.length > 0) {
    const names = scope.services.map(({ name }) => name).join(', ');
    throw new FaultError(
      `${target}: give SERVICE:OPERATION with a service of ${names}, or plain ${EVENTS} for events on the buses`,
    );
  }
  if (operation !== '*' && !served.operations.includes(operation)) {
    const names = served.operations.join(', ');
    throw new FaultError(`${target}: ${service} serves ${names}; give one of them, or ${service}:* for all`);
  }
  const kind = CALL_FAULT_KINDS.find((each) => each === given);
  if (kind === undefined) {
    throw new FaultError(`${given} does not happen to calls: give one of ${CALL_FAULT_KINDS.join(', ')}`);
  }
  if (detailType !== undefined || source !== undefined) {
    throw new FaultError(
      `--detail-type and --source are for events: give fault set ${EVENTS} …, or --caller for calls`,
    );
  }
  if (kind === 'stale') refuseStale(service, operation, served.lag?.operations ?? []);
  return {
    on: 'call',
    kind,
    service,
    operation,
    ms: millisecondsOf(kind, ms, { delay: 'needed', stale: 'needed' }),
    ...(caller === undefined ? {} : { caller: findCaller(caller, scope) }),
  };
}

function refuseStale(service: string, operation: string, lagging: readonly string[]): void {
  if (operation === '*' ? lagging.length > 0 : lagging.includes(operation)) return;
  const cure =
    lagging.length > 0 ? `; ${service} offers it for ${lagging.join(', ')}` : `; ${service} offers no stale reads`;
  throw new FaultError(`stale: ${service}:${operation} cannot be answered as of a moment ago${cure}`);
}

function millisecondsOf(
  kind: string,
  ms: number | undefined,
  use: Readonly<Record<string, 'needed' | 'possible'>>,
): number {
  if (ms === undefined && use[kind] === 'needed') throw new FaultError(`${kind} needs --ms N, in milliseconds`);
  if (ms !== undefined && use[kind] === undefined) {
    throw new FaultError(`--ms is not for ${kind}: set a delay beside it`);
  }
  return ms ?? 0;
}

function findCaller(given: string, { functions }: FaultScope): NonNullable<CallFault['caller']> {
  const found = functions.find(({ name, logicalId }) => name === given || logicalId === given);
  if (found !== undefined) return { functionName: found.name, accessKeyId: found.logicalId };
  throw new FaultError(`--caller ${given}: give a function of ${functions.map(({ name }) => name).join(', ')}`);
}
