import type { ContentHash, DeploymentId } from './ids.ts';
import type { PathId } from './path-id.ts';
import type { RunSpec } from './run-spec.ts';
import type { Timestamp } from './timestamp.ts';

/** One earlier commit: what a group version and a rollback read. */
export interface RootCommit {
  readonly version: Timestamp;
  readonly tree: ContentHash;
  readonly deployment: DeploymentId;
}

/** What is wanted. Swapping this one item is the commit of every write of definitions (design §4). */
export interface Root {
  /** Counts commits. */
  readonly seq: number;
  readonly version: Timestamp;
  readonly tree: ContentHash;
  /** Running deployments and the commit that began each. */
  readonly running: Readonly<Record<DeploymentId, number>>;
  /** The newest commits first, 64 at most. */
  readonly recent: readonly RootCommit[];
}

/** One former version of a run spec. */
export interface FormerVersion {
  readonly version: Timestamp;
  readonly hash: ContentHash;
}

/** An immutable run spec with the versions before it, newest first. */
export interface StoredSpec<S extends RunSpec = RunSpec> {
  readonly spec: S;
  readonly former: readonly FormerVersion[];
}

/** A definition and where it stands in the tree. */
export interface CurrentSpec<S extends RunSpec = RunSpec> extends StoredSpec<S> {
  readonly id: PathId;
  readonly hash: ContentHash;
}
