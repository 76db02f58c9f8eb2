import type { Rejection, RejectionReason, RuleName } from '../../model/rejection.ts';
import type { Candidate } from '../candidate.ts';
import type { LaunchRequest } from '../launch-request.ts';

/** One reason why an agent cannot take an instance. */
export interface Rule {
  readonly name: RuleName;
  readonly reason: RejectionReason;
  /** The facts behind the no; undefined: the agent passes. */
  refuse(request: LaunchRequest, candidate: Candidate): Rejection['detail'] | undefined;
}
