import type { ReadinessState } from '../model/instance.ts';
import type { ProbeOutcome } from '../model/probe.ts';
import type { HealthCheck, ReadinessCheck } from '../model/run-spec.ts';
import type { ProbeResult } from './check-state.ts';

const isInformational = (status: number): boolean => status >= 100 && status < 200;

/** What an outcome says of a health check: HTTP 200 to 399 is healthy (scheduling.md §7), a TCP connection too. */
export function judgeOutcome(
  { ignoreHttp1xx }: Pick<HealthCheck, 'ignoreHttp1xx'>,
  outcome: ProbeOutcome,
): ProbeResult {
  switch (outcome.kind) {
    case 'connected':
      return { kind: 'passed' };
    case 'failed':
      return { kind: 'failed', cause: outcome.cause };
    case 'answered': {
      const { status, reason } = outcome;
      if (status >= 200 && status < 400) return { kind: 'passed' };
      if (ignoreHttp1xx === true && isInformational(status)) return { kind: 'ignored' };
      return { kind: 'failed', cause: reason === '' ? String(status) : `${status} ${reason}` };
    }
  }
}

/** Marathon's status for a readiness probe without an answer. */
const NO_ANSWER = 504;

/** What an outcome says of a readiness check. An error counts as 504, not ready. */
export function judgeReadiness(check: ReadinessCheck, outcome: ProbeOutcome): ReadinessState {
  const answer =
    outcome.kind === 'answered'
      ? { status: outcome.status, contentType: outcome.contentType, body: outcome.body }
      : { status: NO_ANSWER, contentType: 'text/plain', body: outcome.kind === 'failed' ? outcome.cause : '' };
  const ready = outcome.kind === 'answered' && check.httpStatusCodesForReady.includes(answer.status);
  return { name: check.name, ready, ...(check.preserveLastResponse && { lastResponse: answer }) };
}
