import * as z from 'zod';
import { toClusterArn, toClusterName } from '../arns.ts';
import type { EcsView } from '../ecs-state.ts';
import { type ClusterPart, viewCluster } from '../views.ts';
import { type EcsContext, instancesOf, missing, operation } from './operation.ts';
import { pageInput, takeArnPage } from './paging.ts';
import { tagsInput } from './tags.ts';

const clusterName = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'must be up to 255 letters, digits, _ and -');

export const clusterOperations = {
  CreateCluster: operation(
    z.strictObject({ clusterName: clusterName.default('default'), tags: tagsInput }),
    ({ clusterName: name, tags }, context) => {
      const arn = toClusterArn(name);
      // ECS: creating a cluster that exists answers with it.
      if (context.state.clusters.get(arn) === undefined) context.state.clusters.put({ name, arn, tags });
      return { cluster: describe(context, context.state, arn, ['TAGS']) };
    },
  ),
  DescribeClusters: operation(
    z.strictObject({
      clusters: z.array(z.string()).max(100).default(['default']),
      include: z.array(z.enum(['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'])).default([]),
    }),
    ({ clusters, include }, context) => {
      const arns = clusters.map((each) => toClusterArn(toClusterName(each)));
      const isKnown = (arn: string) => context.state.clusters.get(arn) !== undefined;
      return {
        clusters: arns.filter(isKnown).map((arn) => describe(context, context.view, arn, include)),
        failures: arns.filter((arn) => !isKnown(arn)).map(missing),
      };
    },
  ),
  ListClusters: operation(z.strictObject(pageInput), (page, { state }) => {
    const { items, nextToken } = takeArnPage(
      [...state.clusters.values()].map((each) => each.arn),
      page,
    );
    return { clusterArns: items, nextToken };
  }),
};

function describe({ state }: EcsContext, view: EcsView, arn: string, include: readonly ClusterPart[]) {
  const found = state.clusters.get(arn);
  if (found === undefined) return undefined;
  const instances = instancesOf(view, found.name);
  const live = instances.flatMap((each) => view.liveTasks(each.arn));
  return viewCluster(found, instances, live, include);
}
