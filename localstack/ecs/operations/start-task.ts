import * as z from 'zod';
import { toContainerInstanceArn } from '../arns.ts';
import { missingAttribute } from '../capabilities.ts';
import type { ContainerInstance, Failure, Task } from '../entities.ts';
import { type Launch, newTask } from '../new-task.ts';
import { freeGpus, needOf, refuse, usageOf } from '../resources.ts';
import { launchInput, startedByInput, subnetOfInstance, toLaunch } from './launch-input.ts';
import { type EcsContext, missing, operation } from './operation.ts';
import { showTask } from './show-task.ts';

const startTaskInput = z.strictObject({
  ...launchInput,
  containerInstances: z.array(z.string()).min(1, 'needs 1 to 10').max(10, 'takes 1 to 10'),
  startedBy: startedByInput(36),
});

/** Places the task on each container instance named; what does not fit is listed in `failures`, not thrown. */
export const startTaskOperations = {
  StartTask: operation(startTaskInput, (input, context) => {
    const launch = toLaunch(context, input);
    const subnets = input.networkConfiguration?.awsvpcConfiguration.subnets;
    const outcomes = input.containerInstances.map((each) => {
      const arn = toContainerInstanceArn(launch.cluster, each);
      const instance = context.state.instances.get(arn);
      if (instance?.cluster !== launch.cluster) return { failure: missing(arn) };
      const failure = refuseLaunch(context, instance, launch, subnets);
      return failure === undefined ? { task: launchOn(context, instance, launch) } : { failure };
    });
    return {
      tasks: outcomes.flatMap(({ task }) => (task === undefined ? [] : [showTask(context.state, task, true)])),
      failures: outcomes.flatMap(({ failure }) => failure ?? []),
    };
  }),
};

/** Why a container instance does not take a launch, in ECS's words (aws.md §1.3); undefined when it does. */
export function refuseLaunch(
  { state }: EcsContext,
  instance: ContainerInstance,
  { definition, overrides }: Launch,
  subnets: readonly string[] | undefined,
): Failure | undefined {
  const { arn } = instance;
  if (instance.status === 'INACTIVE') return { arn, reason: 'INACTIVE' };
  if (!instance.agentConnected) return { arn, reason: 'AGENT' };
  const attribute = missingAttribute(definition, instance);
  if (attribute !== undefined)
    return { arn, reason: 'ATTRIBUTE', detail: `the container instance has no ${attribute}` };
  const subnet = subnetOfInstance(instance);
  if (subnets !== undefined && !subnets.some((each) => each === subnet)) {
    return { arn, reason: 'LOCATION', detail: `no subnet named is in ${instance.zone}` };
  }
  const usage = usageOf(state.liveTasks(arn));
  const refusal = refuse(instance.registered, usage, needOf(definition, overrides));
  return refusal && { arn, ...refusal };
}

/** Starts a task where `refuseLaunch` has nothing against it. */
export function launchOn(
  { state, changes, agents, now }: EcsContext,
  instance: ContainerInstance,
  launch: Launch,
): Task {
  const free = freeGpus(instance.registered, usageOf(state.liveTasks(instance.arn)));
  const task = newTask(instance, launch, free, now());
  changes.addTask(task);
  agents.launch(task, launch.definition);
  return task;
}
