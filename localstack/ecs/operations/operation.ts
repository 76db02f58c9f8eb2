import * as z from 'zod';
import { AwsError } from '../../endpoint/aws-service.ts';
import { toClusterArn, toClusterName } from '../arns.ts';
import type { EcsState, EcsView } from '../ecs-state.ts';
import type { ContainerInstance } from '../entities.ts';
import type { StateChanges } from '../state-changes.ts';
import type { TaskAgents } from '../task-agents.ts';

/** What an operation works on. */
export interface EcsContext {
  readonly state: EcsState;
  /** What list and describe calls read: the state, or what it was a little ago. */
  readonly view: EcsView;
  readonly changes: StateChanges;
  readonly agents: TaskAgents;
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Who calls. */
  readonly accessKeyId: string;
}

export type Operation = (input: unknown, context: EcsContext) => unknown;

/**
 * An operation behind its input's schema. Inputs are strict objects: a member that the local cloud does not serve is
 * refused by name instead of being ignored.
 */
export function operation<Input>(
  schema: z.ZodType<Input>,
  run: (input: Input, context: EcsContext) => unknown,
): Operation {
  return (input, context) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data, context);
    throw invalid(parsed.error.issues.map(describeIssue).join('; '));
  };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return path === '' ? issue.message : `${path}: ${issue.message}`;
  const names = issue.keys.map((key) => (path === '' ? key : `${path}.${key}`));
  return `${names.join(', ')}: not served by ECS of the local cloud; leave it out`;
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function clientError(message: string): AwsError {
  return new AwsError('ClientException', message);
}

/** ECS: without a cluster the one named `default` is meant. */
export const clusterInput = z.string().default('default');

/** The name of an existing cluster. Throws ClusterNotFoundException. */
export function findCluster({ state }: EcsContext, nameOrArn: string): string {
  const name = toClusterName(nameOrArn);
  if (state.clusters.get(toClusterArn(name)) === undefined) {
    throw new AwsError('ClusterNotFoundException', `Cluster not found: ${name}.`);
  }
  return name;
}

export function instancesOf({ instances }: EcsView, cluster: string): ContainerInstance[] {
  return [...instances.values()].filter((each) => each.cluster === cluster);
}

/** `{arn, reason: MISSING}`: how ECS lists what it does not know among what it does. */
export function missing(arn: string) {
  return { arn, reason: 'MISSING' };
}
