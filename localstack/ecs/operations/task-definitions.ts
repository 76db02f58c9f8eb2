import * as z from 'zod';
import { parseTaskDefinition, toTaskDefinitionArn } from '../arns.ts';
import type { EcsView } from '../ecs-state.ts';
import type { Failure, TaskDefinition } from '../entities.ts';
import { viewTags, viewTaskDefinition } from '../views.ts';
import { clientError, type EcsContext, invalid, operation } from './operation.ts';
import { pageInput, takeArnPage, takePage } from './paging.ts';

export const taskDefinitionOperations = {
  DescribeTaskDefinition: operation(
    z.strictObject({ taskDefinition: z.string(), include: z.array(z.literal('TAGS')).default([]) }),
    ({ taskDefinition, include }, context) => {
      const found = findTaskDefinition(context.view, taskDefinition);
      if (found === undefined) throw clientError('Unable to describe task definition.');
      const tags = include.includes('TAGS') ? viewTags(found.tags) : undefined;
      return { taskDefinition: viewTaskDefinition(found), tags };
    },
  ),
  DeregisterTaskDefinition: operation(z.strictObject({ taskDefinition: z.string() }), ({ taskDefinition }, context) => {
    const found = findRevision(context, taskDefinition, 'taskDefinition');
    if (found === undefined) throw clientError('The specified task definition does not exist.');
    if (found.status !== 'ACTIVE') return { taskDefinition: viewTaskDefinition(found) };
    const inactive: TaskDefinition = { ...found, status: 'INACTIVE', deregisteredAt: context.now() };
    context.state.definitions.put(inactive);
    return { taskDefinition: viewTaskDefinition(inactive) };
  }),
  ListTaskDefinitions: operation(
    z.strictObject({
      familyPrefix: z.string().optional(),
      status: z.enum(['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS']).default('ACTIVE'),
      sort: z.enum(['ASC', 'DESC']).default('ASC'),
      ...pageInput,
    }),
    ({ familyPrefix, status, sort, ...page }, { view }) => {
      const wanted = [...view.definitions.values()]
        .filter((each) => each.status === status && (familyPrefix === undefined || each.family === familyPrefix))
        .toSorted((a, b) => (keyOf(a) < keyOf(b) === (sort === 'ASC') ? -1 : 1));
      const isAfter = (each: TaskDefinition, key: string) => (sort === 'ASC' ? keyOf(each) > key : keyOf(each) < key);
      const { items, nextToken } = takePage(wanted, isAfter, keyOf, page);
      return { taskDefinitionArns: items.map((each) => each.arn), nextToken };
    },
  ),
  DeleteTaskDefinitions: operation(
    z.strictObject({ taskDefinitions: z.array(z.string()).min(1).max(10) }),
    ({ taskDefinitions }, context) => {
      const outcomes = taskDefinitions.map((each) => deleteRevision(context, each));
      return {
        taskDefinitions: outcomes.flatMap(({ deleted }) =>
          deleted === undefined ? [] : [viewTaskDefinition(deleted)],
        ),
        failures: outcomes.flatMap(({ failure }) => failure ?? []),
      };
    },
  ),
  ListTaskDefinitionFamilies: operation(
    z.strictObject({
      familyPrefix: z.string().default(''),
      status: z.enum(['ACTIVE', 'INACTIVE', 'ALL']).default('ALL'),
      ...pageInput,
    }),
    ({ familyPrefix, status, ...page }, { view }) => {
      const isActive = new Map<string, boolean>();
      for (const each of view.definitions.values()) {
        if (each.status === 'DELETE_IN_PROGRESS' || !each.family.startsWith(familyPrefix)) continue;
        isActive.set(each.family, isActive.get(each.family) === true || each.status === 'ACTIVE');
      }
      const wanted = [...isActive].filter(([, active]) => status === 'ALL' || active === (status === 'ACTIVE'));
      const { items, nextToken } = takeArnPage(
        wanted.map(([family]) => family),
        page,
      );
      return { families: items, nextToken };
    },
  ),
};

/** The revision that `family:revision` or an ARN names, or the newest active one of a family. */
export function findTaskDefinition({ definitions }: EcsView, text: string): TaskDefinition | undefined {
  const name = parseTaskDefinition(text);
  if (name === undefined) return undefined;
  if (name.revision !== undefined) return definitions.get(toTaskDefinitionArn(name.family, name.revision));
  return [...definitions.values()]
    .filter((each) => each.family === name.family && each.status === 'ACTIVE')
    .reduce<TaskDefinition | undefined>(
      (newest, each) => (each.revision > (newest?.revision ?? 0) ? each : newest),
      undefined,
    );
}

/** The revision that must be named: `family:revision` or an ARN. */
function findRevision({ state }: EcsContext, text: string, member: string): TaskDefinition | undefined {
  if (parseTaskDefinition(text)?.revision === undefined) {
    throw invalid(`${member}: must name a revision, as family:revision or ARN`);
  }
  return findTaskDefinition(state, text);
}

/** Only what was deregistered can be deleted; it is gone once no task runs it any more. */
function deleteRevision(
  context: EcsContext,
  text: string,
): { readonly deleted?: TaskDefinition; readonly failure?: Failure } {
  const found = findRevision(context, text, 'taskDefinitions');
  if (found === undefined) return { failure: { arn: text, reason: 'The specified task definition does not exist.' } };
  if (found.status === 'ACTIVE') {
    const reason =
      'The specified task definition is still in ACTIVE status. Please deregister the target and try again.';
    return { failure: { arn: found.arn, reason } };
  }
  const deleteRequestedAt = found.deleteRequestedAt ?? context.now();
  const deleted: TaskDefinition = { ...found, status: 'DELETE_IN_PROGRESS', deleteRequestedAt };
  context.state.definitions.put(deleted);
  return { deleted };
}

function keyOf({ family, revision }: TaskDefinition): string {
  return `${family}:${String(revision).padStart(9, '0')}`;
}
