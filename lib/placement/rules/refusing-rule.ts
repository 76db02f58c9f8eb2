import type { Rejection, RejectionReason, RuleName } from '../../model/rejection.ts';
import type { RunSpec } from '../../model/run-spec.ts';
import type { Candidate } from '../candidate.ts';

/** One reason why an agent cannot take what is asked. */
export interface RefusingRule<Asked> {
  readonly name: RuleName;
  readonly reason: RejectionReason;
  /** The facts behind the no; undefined: the agent passes. */
  refuse(asked: Asked, candidate: Candidate): Rejection['detail'] | undefined;
}

/** All that a rule looks at whose answer no placement changes. */
export interface LastingRequest {
  readonly spec: RunSpec;
  readonly localRegion: string;
  /** Of the external volumes that exist. */
  readonly volumeZones: readonly string[];
}

/** A rule whose answer no placement changes: the index asks it once per distinct value. */
export type LastingRule = RefusingRule<LastingRequest>;
