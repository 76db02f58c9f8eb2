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

/** What a rule looks at whose answer no placement changes. */
export type LastingRequest = Pick<LaunchRequest, 'spec' | 'localRegion'>;

/** A rule whose answer no placement changes: the index asks it once per distinct value. */
export interface LastingRule extends Rule {
  refuse(request: LastingRequest, candidate: Candidate): Rejection['detail'] | undefined;
}
