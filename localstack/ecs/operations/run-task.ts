import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../endpoint/aws-service.ts';
import { ClusterQueryError, parseClusterQuery } from '../cluster-query.ts';
import { type Failure, type PlacementConstraint, placementConstraints, type RunToken, type Task } from '../entities.ts';
import type { Launch } from '../new-task.ts';
import {
  choose,
  type PlacementRules,
  type PlacementStrategy,
  placementStrategy,
  refuseByConstraints,
} from '../placement.ts';
import { launchInput, startedByInput, toLaunch } from './launch-input.ts';
import { type EcsContext, instancesOf, invalid, operation } from './operation.ts';
import { showTask } from './show-task.ts';
import { launchOn, refuseLaunch } from './start-task.ts';

/** ECS: how long a client token stands for its call (aws.md §1.1). */
export const RUN_TOKEN_MS = 24 * 60 * 60 * 1000;

const runTaskInput = z.strictObject({
  ...launchInput,
  count: z.int().min(1).max(10).default(1),
  launchType: z.literal('EC2', 'must be EC2: there is nothing else in the local cloud').optional(),
  startedBy: startedByInput(128),
  placementConstraints,
  placementStrategy: z.array(placementStrategy).max(5).default([]),
  clientToken: z
    .string()
    .regex(/^[!-~]{1,64}$/, 'must be 1-64 printable characters without spaces')
    .optional(),
});

type RunTaskInput = z.infer<typeof runTaskInput>;

/** Chooses container instances itself; what finds no place is listed in `failures`. A client token makes it idempotent. */
export const runTaskOperations = {
  RunTask: operation(runTaskInput, (input, context) => {
    const launch = toLaunch(context, input);
    const { clientToken, ...rest } = input;
    if (clientToken === undefined) return answer(context, run(context, rest, launch));
    const id = `${launch.cluster} ${clientToken}`;
    const request = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
    const former = context.state.runTokens.get(id);
    if (former !== undefined && former.at > context.now() - RUN_TOKEN_MS) return repeat(context, former, request);
    const { tasks, failures } = run(context, rest, launch);
    const taskArns = tasks.map((task) => task.arn);
    context.state.runTokens.put({ id, request, taskArns, failures: [...failures], at: context.now() });
    return answer(context, { tasks, failures });
  }),
};

interface Outcome {
  readonly tasks: readonly Task[];
  readonly failures: readonly Failure[];
}

function answer({ state }: EcsContext, { tasks, failures }: Outcome) {
  return { tasks: tasks.map((task) => showTask(state, task, true)), failures };
}

/** The first result once more, with its tasks as they are now. */
function repeat(context: EcsContext, { request, taskArns, failures }: RunToken, again: string) {
  if (request !== again) {
    throw new AwsError('ConflictException', 'The client token was used with other parameters.', 400, {
      resourceIds: taskArns,
    });
  }
  return answer(context, { tasks: taskArns.flatMap((arn) => context.state.tasks.get(arn) ?? []), failures });
}

function run(context: EcsContext, input: Omit<RunTaskInput, 'clientToken'>, launch: Launch): Outcome {
  const rules = rulesOf(input.placementConstraints, launch);
  if (instancesOf(context.state, launch.cluster).every((each) => each.status !== 'ACTIVE')) {
    throw invalid('No Container Instances were found in your cluster.');
  }
  const subnets = input.networkConfiguration?.awsvpcConfiguration.subnets;
  const tasks: Task[] = [];
  while (tasks.length < input.count) {
    const { task, failures } = place(context, launch, rules, input.placementStrategy, subnets);
    if (task === undefined) return { tasks, failures };
    tasks.push(task);
  }
  return { tasks, failures: [] };
}

function place(
  context: EcsContext,
  launch: Launch,
  rules: PlacementRules,
  strategies: readonly PlacementStrategy[],
  subnets: readonly string[] | undefined,
): { readonly task?: Task; readonly failures: readonly Failure[] } {
  const { state, random } = context;
  const judged = instancesOf(state, launch.cluster)
    .filter((instance) => instance.status === 'ACTIVE')
    .map((instance) => {
      const candidate = { instance, live: state.liveTasks(instance.arn) };
      const reason = refuseByConstraints(candidate, rules);
      const constrained = reason === undefined ? undefined : { arn: instance.arn, reason };
      return { ...candidate, failure: constrained ?? refuseLaunch(context, instance, launch, subnets) };
    });
  const fitting = judged.filter(({ failure }) => failure === undefined);
  const chosen = choose(fitting, strategies, launch.group, random);
  if (chosen === undefined) return { failures: judged.flatMap(({ failure }) => failure ?? []) };
  return { task: launchOn(context, chosen.instance, launch), failures: [] };
}

/** Those of the call and of the task definition together. */
function rulesOf(ofCall: readonly PlacementConstraint[], { definition, group }: Launch): PlacementRules {
  const all = [...ofCall, ...placementConstraints.parse(definition.others['placementConstraints'])];
  if (all.length > 10) throw invalid(`placementConstraints: ${all.length} with the task definition's; 10 are allowed`);
  return {
    group,
    memberOf: all.flatMap((each) => (each.type === 'memberOf' ? parseExpression(each) : [])),
    distinctInstance: all.some((each) => each.type === 'distinctInstance'),
  };
}

function parseExpression({ expression }: PlacementConstraint) {
  if (expression === undefined) throw invalid('placementConstraints: memberOf needs an expression');
  try {
    return parseClusterQuery(expression);
  } catch (error) {
    if (error instanceof ClusterQueryError) throw invalid(`placementConstraints: ${error.message}`);
    throw error;
  }
}
