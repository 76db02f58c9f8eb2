import type { ContentHash, DeploymentId, InstanceId } from './ids.ts';
import type { PathId } from './path-id.ts';
import type { Instant, Timestamp } from './timestamp.ts';

interface ActionTarget {
  readonly runSpec: PathId;
  /** Absent: an app. */
  readonly specKind?: 'pod';
}

export type DeploymentAction = ActionTarget &
  (
    | { readonly kind: 'start' | 'restart' | 'stop' }
    | {
        readonly kind: 'scale';
        readonly to: number;
        /** Instances to let go whatever their number: a kill with `scale` names them. */
        readonly kill?: readonly InstanceId[];
      }
  );

/** Actions of one step run side by side; steps run one after another. */
export interface DeploymentStep {
  readonly actions: readonly DeploymentAction[];
}

/** How long a deployment may take from its version on, and what becomes of it when it is not done by then. */
export interface DeploymentDeadline {
  readonly seconds: number;
  readonly action: 'rollback' | 'fail';
}

/** Immutable. `target` is the tree that the plan's commit made current; rollback reads `original`. */
export interface DeploymentPlan {
  readonly id: DeploymentId;
  readonly version: Timestamp;
  readonly steps: readonly DeploymentStep[];
  /** Run specs named in any action: what the deployment locks. */
  readonly affected: readonly PathId[];
  readonly original: ContentHash;
  readonly target: ContentHash;
  /** The deployment that it takes back. */
  readonly undoes?: DeploymentId;
  /** Absent: it may take as long as it takes. */
  readonly deadline?: DeploymentDeadline;
}

/** Progress of a plan. `step` counts from 0; equal to the number of steps when all are done. `began`: when each was reached. */
export interface DeploymentState {
  readonly step: number;
  readonly began: readonly Instant[];
}

/** `rolledBack` and `superseded` by another deployment, `cancelled` by a client, `failed` at its deadline. */
export type DeploymentOutcome = 'succeeded' | 'failed' | 'rolledBack' | 'cancelled' | 'superseded';

export interface DeploymentEnd {
  readonly at: Instant;
  readonly outcome: DeploymentOutcome;
  readonly reason?: string;
  /** The deployment that took its place. */
  readonly by?: DeploymentId;
}

/** What history keeps of a deployment besides plan and progress; without an end it has begun. */
export interface DeploymentRecord {
  readonly id: DeploymentId;
  readonly version: Timestamp;
  readonly end?: DeploymentEnd;
}
