import * as z from 'zod';
import { toContainerInstanceArn } from '../arns.ts';
import type { ContainerInstance } from '../entities.ts';
import { asDate, viewContainerInstance, viewTags } from '../views.ts';
import { clusterInput, type EcsContext, findCluster, instancesOf, missing, operation } from './operation.ts';
import { pageInput, takeArnPage } from './paging.ts';

export const containerInstanceOperations = {
  ListContainerInstances: operation(
    z.strictObject({
      cluster: clusterInput,
      status: z.enum(['ACTIVE', 'DRAINING', 'REGISTERING', 'DEREGISTERING', 'REGISTRATION_FAILED']).optional(),
      ...pageInput,
    }),
    ({ cluster, status, ...page }, context) => {
      const wanted = instancesOf(context, findCluster(context, cluster)).filter((each) =>
        status === undefined ? each.status !== 'INACTIVE' : each.status === status,
      );
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
      include: z.array(z.literal('TAGS')).default([]),
    }),
    ({ cluster, containerInstances, include }, context) => {
      const { found, failures } = findInstances(context, cluster, containerInstances);
      return { containerInstances: found.map((each) => view(context, each, include.includes('TAGS'))), failures };
    },
  ),
  UpdateContainerInstancesState: operation(
    z.strictObject({
      cluster: clusterInput,
      containerInstances: z.array(z.string()).min(1).max(10),
      status: z.enum(['ACTIVE', 'DRAINING']),
    }),
    ({ cluster, containerInstances, status }, context) => {
      const { found, failures } = findInstances(context, cluster, containerInstances);
      const usable = found.filter((each) => each.status !== 'INACTIVE');
      const inactive = found.filter((each) => each.status === 'INACTIVE');
      const updated = usable.map((each) =>
        each.status === status ? each : context.changes.changeInstance(each.arn, { status }),
      );
      return {
        containerInstances: updated.map((each) => view(context, each, false)),
        failures: [...failures, ...inactive.map((each) => ({ arn: each.arn, reason: 'INACTIVE' }))],
      };
    },
  ),
};

function findInstances(context: EcsContext, clusterText: string, idsOrArns: readonly string[]) {
  const cluster = findCluster(context, clusterText);
  const arns = [...new Set(idsOrArns.map((each) => toContainerInstanceArn(cluster, each)))];
  const found = arns.map((arn) => context.state.instances.get(arn)).filter((each) => each?.cluster === cluster);
  return {
    found: found.filter((each) => each !== undefined),
    failures: arns.filter((arn) => !found.some((each) => each?.arn === arn)).map(missing),
  };
}

function view({ state }: EcsContext, instance: ContainerInstance, withTags: boolean) {
  const shown = viewContainerInstance(instance, state.liveTasks(instance.arn), asDate);
  return { ...shown, tags: withTags ? viewTags(instance.tags) : [] };
}
