import * as z from 'zod';
import { toContainerInstanceArn } from '../arns.ts';
import type { EcsView } from '../ecs-state.ts';
import type { ContainerInstance } from '../entities.ts';
import { viewContainerInstance, viewInstanceHealth } from '../instance-view.ts';
import { asDate, viewTags } from '../views.ts';
import { clusterQuery } from './cluster-query-input.ts';
import { clusterInput, type EcsContext, findCluster, instancesOf, invalid, missing, operation } from './operation.ts';
import { pageInput, takeArnPage } from './paging.ts';

export const containerInstanceOperations = {
  ListContainerInstances: operation(
    z.strictObject({
      cluster: clusterInput,
      filter: clusterQuery.default(() => () => true),
      status: z.enum(['ACTIVE', 'DRAINING', 'REGISTERING', 'DEREGISTERING', 'REGISTRATION_FAILED']).optional(),
      ...pageInput,
    }),
    ({ cluster, filter, status, ...page }, context) => {
      const wanted = instancesOf(context.view, findCluster(context, cluster))
        .filter((each) => (status === undefined ? each.status !== 'INACTIVE' : each.status === status))
        .filter((instance) => filter({ instance, live: context.view.liveTasks(instance.arn) }));
      const { items, nextToken } = takeArnPage(
        wanted.map((each) => each.arn),
        page,
      );
      return { containerInstanceArns: items, nextToken };
    },
  ),
  DescribeContainerInstances: operation(
    z.strictObject({
      cluster: clusterInput,
      containerInstances: z.array(z.string()).min(1).max(100),
      include: z.array(z.enum(['TAGS', 'CONTAINER_INSTANCE_HEALTH'])).default([]),
    }),
    ({ cluster, containerInstances, include }, context) => {
      const { found, failures } = findInstances(context, context.view, cluster, containerInstances);
      return { containerInstances: found.map((each) => view(context.view, each, include)), failures };
    },
  ),
  UpdateContainerInstancesState: operation(
    z.strictObject({
      cluster: clusterInput,
      containerInstances: z.array(z.string()).min(1).max(10),
      status: z.enum(['ACTIVE', 'DRAINING']),
    }),
    ({ cluster, containerInstances, status }, context) => {
      const { found, failures } = findInstances(context, context.state, cluster, containerInstances);
      const usable = found.filter((each) => each.status !== 'INACTIVE');
      const inactive = found.filter((each) => each.status === 'INACTIVE');
      const updated = usable.map((each) =>
        each.status === status ? each : context.changes.changeInstance(each.arn, { status }),
      );
      return {
        containerInstances: updated.map((each) => view(context.state, each, [])),
        failures: [...failures, ...inactive.map((each) => ({ arn: each.arn, reason: 'INACTIVE' }))],
      };
    },
  ),
  DeregisterContainerInstance: operation(
    z.strictObject({ cluster: clusterInput, containerInstance: z.string(), force: z.boolean().default(false) }),
    ({ cluster, containerInstance, force }, context) => {
      const { state, changes, now } = context;
      const { found } = findInstances(context, state, cluster, [containerInstance]);
      const [instance] = found.filter((each) => each.status !== 'INACTIVE');
      if (instance === undefined) throw invalid('The referenced container instance was not found.');
      const live = state.liveTasks(instance.arn);
      if (live.length > 0 && !force) throw invalid('Found running tasks on the instance.');
      // ECS counts these tasks as stopped; their containers run on, orphaned (aws.md §1.1).
      for (const task of live) changes.changeTask(task.arn, { kind: 'instance-deregistered' });
      const gone = { status: 'INACTIVE', agentConnected: false, connectivityAt: now() } as const;
      return { containerInstance: view(state, changes.changeInstance(instance.arn, gone), ['TAGS']) };
    },
  ),
};

function findInstances(context: EcsContext, view: EcsView, clusterText: string, idsOrArns: readonly string[]) {
  const cluster = findCluster(context, clusterText);
  const arns = [...new Set(idsOrArns.map((each) => toContainerInstanceArn(cluster, each)))];
  const found = arns.map((arn) => view.instances.get(arn)).filter((each) => each?.cluster === cluster);
  return {
    found: found.filter((each) => each !== undefined),
    failures: arns.filter((arn) => !found.some((each) => each?.arn === arn)).map(missing),
  };
}

function view(
  { liveTasks }: EcsView,
  instance: ContainerInstance,
  include: readonly ('TAGS' | 'CONTAINER_INSTANCE_HEALTH')[],
) {
  return {
    ...viewContainerInstance(instance, liveTasks(instance.arn), asDate),
    tags: include.includes('TAGS') ? viewTags(instance.tags) : [],
    healthStatus: include.includes('CONTAINER_INSTANCE_HEALTH') ? viewInstanceHealth(instance) : undefined,
  };
}
