import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../../lib/health/check-state.ts';
import { judgeOutcome, judgeReadiness } from '../../../lib/health/judge-outcome.ts';
import type { ProbeOutcome } from '../../../lib/model/probe.ts';
import { aHealthCheck, aReadinessCheck } from '../../fixtures/a-health-check.ts';

const answered = (status: number, reason = '', body = ''): ProbeOutcome => ({
  kind: 'answered',
  status,
  reason,
  contentType: 'application/json',
  body,
});
const PASSED: ProbeResult = { kind: 'passed' };
const REFUSED: ProbeOutcome = { kind: 'failed', cause: 'connect ECONNREFUSED 10.0.1.20:31000', timedOut: false };

describe('what an outcome says of a health check', () => {
  it.each<[string, boolean, ProbeOutcome, ProbeResult]>([
    ['a connection', false, { kind: 'connected' }, PASSED],
    ['200', false, answered(200, 'OK'), PASSED],
    ['399', false, answered(399), PASSED],
    ['400', false, answered(400, 'Bad Request'), { kind: 'failed', cause: '400 Bad Request' }],
    ['503', false, answered(503, 'Service Unavailable'), { kind: 'failed', cause: '503 Service Unavailable' }],
    ['a status without words', false, answered(599), { kind: 'failed', cause: '599' }],
    ['101', false, answered(101, 'Switching Protocols'), { kind: 'failed', cause: '101 Switching Protocols' }],
    ['101 that is to be ignored', true, answered(101), { kind: 'ignored' }],
    ['503 where 1xx is ignored', true, answered(503), { kind: 'failed', cause: '503' }],
    ['no answer', true, REFUSED, { kind: 'failed', cause: 'connect ECONNREFUSED 10.0.1.20:31000' }],
  ])('%s', (_, ignoreHttp1xx, outcome, result) => {
    expect(judgeOutcome(aHealthCheck({ ignoreHttp1xx }), outcome)).toEqual(result);
  });
});

describe('what an outcome says of a readiness check', () => {
  const check = aReadinessCheck({ httpStatusCodesForReady: [200, 503] });
  const name = 'readinessCheck';

  it.each<[string, ProbeOutcome, boolean]>([
    ['a status of the list', answered(503), true],
    ['any other', answered(201), false],
    ['no answer', REFUSED, false],
  ])('%s', (_, outcome, ready) => {
    expect(judgeReadiness(check, outcome)).toEqual({ name, ready });
  });

  it('keeps the answer where that is asked for, none being 504', () => {
    const curious = { ...check, preserveLastResponse: true };
    expect(judgeReadiness(curious, answered(500, '', '{}'))).toEqual({
      name,
      ready: false,
      lastResponse: { status: 500, contentType: 'application/json', body: '{}' },
    });
    expect(judgeReadiness(curious, REFUSED)).toEqual({
      name,
      ready: false,
      lastResponse: { status: 504, contentType: 'text/plain', body: 'connect ECONNREFUSED 10.0.1.20:31000' },
    });
  });
});
