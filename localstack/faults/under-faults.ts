import { setTimeout as delay } from 'node:timers/promises';
import { AwsError } from '../endpoint/aws-service.ts';
import type { CallDecision } from './decide.ts';
import { type FaultableService, failBeforeError, throttleError } from './service-errors.ts';

/** The caller gets no answer: its connection is to be cut. What it asked for may have been done. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut';
}

/**
 * Carries a call out as the faults decided. `run` gets how many milliseconds its answer is to lag behind.
 * Throws the service's own `AwsError` for a refusal, and `ConnectionCut` after a call that must stay without an answer.
 */
export async function underFaults<Answer>(
  { delayMs, outcome }: CallDecision,
  service: FaultableService,
  run: (lagMs: number) => Promise<Answer>,
): Promise<Answer> {
  // A wait does not keep the process from its end.
  if (delayMs > 0) await delay(delayMs, undefined, { ref: false });
  switch (outcome.kind) {
    case 'carry-out':
      return await run(0);
    case 'stale':
      return await run(outcome.ms);
    case 'throttle':
      throw throttleError(service, outcome.fault);
    case 'fail-before':
      throw failBeforeError(service, outcome.fault);
    case 'timeout-after':
      await run(0).catch((error: unknown) => {
        // A refusal too is an answer that does not arrive.
        if (!(error instanceof AwsError)) throw error;
      });
      throw new ConnectionCut(`fault ${outcome.fault} of the local cloud`);
  }
}
