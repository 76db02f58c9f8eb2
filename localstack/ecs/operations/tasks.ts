import * as z from 'zod';
import { AwsError } from '../../endpoint/aws-service.ts';
import { toContainerInstanceArn, toTaskArn } from '../arns.ts';
import type { Task } from '../entities.ts';
import { clusterInput, findCluster, invalid, missing, operation } from './operation.ts';
import { pageInput, takeArnPage } from './paging.ts';
import { showTask } from './show-task.ts';

const listTasksInput = z.strictObject({
  cluster: clusterInput,
  containerInstance: z.string().optional(),
  family: z.string().optional(),
  startedBy: z.string().optional(),
  // ECS never wants a task PENDING: accepted, and nothing is listed (aws.md §1.1).
  desiredStatus: z.enum(['RUNNING', 'PENDING', 'STOPPED']).default('RUNNING'),
  launchType: z.enum(['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES']).optional(),
  serviceName: z.string().optional(),
  daemonName: z.string().optional(),
  ...pageInput,
});

export const taskOperations = {
  ListTasks: operation(listTasksInput, (input, context) => {
    const cluster = findCluster(context, input.cluster);
    refuseFilters(input);
    const { containerInstance, family, startedBy, desiredStatus, launchType } = input;
    const instanceArn = containerInstance && toContainerInstanceArn(cluster, containerInstance);
    const isWanted = (task: Task) =>
      task.cluster === cluster &&
      task.desiredStatus === desiredStatus &&
      (instanceArn === undefined || task.containerInstanceArn === instanceArn) &&
      (family === undefined || task.family === family) &&
      (startedBy === undefined || task.startedBy === startedBy) &&
      (launchType === undefined || launchType === 'EC2');
    const arns = [...context.view.tasks.values()].filter(isWanted).map((task) => task.arn);
    const { items, nextToken } = takeArnPage(arns, input);
    return { taskArns: items, nextToken };
  }),
  DescribeTasks: operation(
    z.strictObject({
      cluster: clusterInput,
      tasks: z.array(z.string()).min(1).max(100),
      include: z.array(z.literal('TAGS')).default([]),
    }),
    ({ cluster: clusterText, tasks, include }, context) => {
      const cluster = findCluster(context, clusterText);
      const arns = [...new Set(tasks.map((each) => toTaskArn(cluster, each)))];
      const found = arns.flatMap((arn) => context.view.tasks.get(arn) ?? []).filter((each) => each.cluster === cluster);
      const withTags = include.includes('TAGS');
      return {
        tasks: found.map((task) => showTask(context.view, task, withTags)),
        failures: arns.filter((arn) => !found.some((task) => task.arn === arn)).map(missing),
      };
    },
  ),
  StopTask: operation(
    z.strictObject({
      cluster: clusterInput,
      task: z.string(),
      reason: z.string().max(1024).default('Task stopped by user'),
    }),
    ({ cluster: clusterText, task: idOrArn, reason }, context) => {
      const { state, changes, agents } = context;
      const cluster = findCluster(context, clusterText);
      const task = state.tasks.get(toTaskArn(cluster, idOrArn));
      if (task?.cluster !== cluster) throw invalid('The referenced task was not found.');
      const stopped = changes.changeTask(task.arn, { kind: 'stop-requested', reason });
      setImmediate(() => agents.stop(task.arn));
      return { task: showTask(state, stopped, false) };
    },
  ),
};

function refuseFilters(input: z.infer<typeof listTasksInput>): void {
  const { startedBy, containerInstance, family, serviceName, daemonName, launchType } = input;
  if (startedBy !== undefined && [containerInstance, family, serviceName, daemonName, launchType].some(isGiven)) {
    throw invalid('startedBy: must be the only filter beside desiredStatus');
  }
  if (serviceName !== undefined) throw new AwsError('ServiceNotFoundException', `Service not found: ${serviceName}.`);
  if (daemonName !== undefined) throw new AwsError('DaemonNotFoundException', `Daemon not found: ${daemonName}.`);
}

function isGiven(value: unknown): boolean {
  return value !== undefined;
}
