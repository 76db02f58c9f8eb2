import type { DeploymentDeadline } from './deployment.ts';
import type { PortRange } from './resources.ts';
import type { PlacementRanking } from './schedule.ts';
import type { BucketSize } from './token-bucket.ts';

/** What one scheduler is told at deployment; the functions read it from their environment. */
export interface SchedulerConfig {
  /** Begins every partition key and marks our tasks (`group` = `stride:<scheduler>`). */
  readonly scheduler: string;
  readonly region: string;
  /** Image for a `cmd` without a container. */
  readonly defaultImage: string;
  /** Marathon's `--env_vars_prefix`: put before HOST and the PORT variables. */
  readonly envVarsPrefix: string;
  /** Marathon's `--local_port_min` and `--local_port_max`, inclusive. */
  readonly servicePorts: PortRange;
  /** Names that `acceptedResourceRoles` may use besides `*` and the app's own role. */
  readonly agentRoles: readonly string[];
  /** Origins whose pages may read answers in a browser, or `*`: Marathon's `--access_control_allow_origin`. */
  readonly allowedOrigins: readonly string[];
  readonly maxRunningDeployments: number;
  /** Of deployments that nothing else gives a deadline. */
  readonly deploymentDeadline?: DeploymentDeadline;
  /** Which of the agents that fit takes an instance. */
  readonly placementRanking: PlacementRanking;
  /** How long an agent may be disconnected before its instances count as unreachable (aws.md, consequence 15). */
  readonly agentTimeoutMs: number;
  /** Our share of ECS's modifying calls; the rest of the account's 100 and 40/s is for people and tools. */
  readonly ecsCalls: BucketSize;
  /** Former versions kept for each run spec. */
  readonly maxVersions: number;
  /** Among how many probers the tasks to ask are divided. */
  readonly healthShards: number;
  /** Log group for what tasks print, and how long it is kept there. */
  readonly taskLogs: { readonly group: string; readonly retentionDays: number };
}
