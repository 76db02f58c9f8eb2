import * as z from 'zod';
import { AwsError } from '../../endpoint/aws-service.ts';
import { viewTags } from '../views.ts';
import { clientError, type EcsContext, invalid, operation } from './operation.ts';

/** ECS: 50 tags a resource; characters as of all AWS tags (aws.md §1.1). */
const MAX_TAGS = 50;
const key = z.string().regex(/^(?!aws:)[\p{L}\p{N} +\-=._:/@]{1,128}$/iu, 'is no tag key of 1-128 allowed characters');
const value = z
  .string()
  .regex(/^(?!aws:)[\p{L}\p{N} +\-=._:/@]{0,256}$/iu, 'is no tag value of 0-256 allowed characters');

const tagList = z
  .array(z.strictObject({ key, value: value.default('') }))
  .max(MAX_TAGS, `allows ${MAX_TAGS} tags at most`);

/** `[{key, value}]` as a record. */
export const tagsInput = tagList
  .default([])
  .transform((tags) => Object.fromEntries(tags.map((tag) => [tag.key, tag.value])));

type Tags = Record<string, string>;

export const tagOperations = {
  TagResource: operation(
    z.strictObject({ resourceArn: z.string(), tags: tagList }),
    ({ resourceArn, tags }, context) => {
      const resource = findResource(context, resourceArn);
      const all = { ...resource.tags, ...Object.fromEntries(tags.map((tag) => [tag.key, tag.value])) };
      if (Object.keys(all).length > MAX_TAGS) throw invalid(`tags: a resource has ${MAX_TAGS} at most`);
      resource.put(all);
      return {};
    },
  ),
  UntagResource: operation(
    z.strictObject({ resourceArn: z.string(), tagKeys: z.array(z.string()) }),
    ({ resourceArn, tagKeys }, context) => {
      const resource = findResource(context, resourceArn);
      resource.put(Object.fromEntries(Object.entries(resource.tags).filter(([name]) => !tagKeys.includes(name))));
      return {};
    },
  ),
  ListTagsForResource: operation(z.strictObject({ resourceArn: z.string() }), ({ resourceArn }, context) => {
    return { tags: viewTags(findResource(context, resourceArn).tags) };
  }),
};

interface TaggedResource {
  readonly tags: Readonly<Tags>;
  put(tags: Tags): void;
}

function findResource({ state }: EcsContext, arn: string): TaggedResource {
  const [, kind] = /^arn:aws:ecs:[^:]*:[^:]*:([a-z-]+)\//.exec(arn) ?? [];
  const found =
    kind === 'cluster'
      ? tagged(state.clusters, arn)
      : kind === 'container-instance'
        ? tagged(state.instances, arn)
        : kind === 'task-definition'
          ? tagged(state.definitions, arn)
          : kind === 'task'
            ? tagged(state.tasks, arn)
            : undefined;
  if (kind === undefined) throw invalid(`resourceArn: ${arn} is no ARN of an ECS resource`);
  if (found !== undefined) return found;
  if (kind === 'cluster') throw new AwsError('ClusterNotFoundException', `Cluster not found: ${arn}.`);
  throw clientError(`The specified resource ${arn} could not be found.`);
}

function tagged<Entity extends { readonly tags: Tags }>(
  table: { get(arn: string): Entity | undefined; put(entity: Entity): void },
  arn: string,
): TaggedResource | undefined {
  const entity = table.get(arn);
  return entity && { tags: entity.tags, put: (tags) => table.put({ ...entity, tags }) };
}
