import * as z from 'zod';
import { AwsError } from '../endpoint/aws-service.ts';
import { type Ec2Context, findHost, findSnapshot, findVolume, operation } from './operation.ts';
import { mergeTags, tagListInput } from './tags-input.ts';

const target = { ResourceId: z.array(z.string()).min(1).max(1000) };

/** Without a value, whatever it is. */
const doomedTag = z.strictObject({ Key: z.string(), Value: z.string().optional() });

export const tagOperations = {
  CreateTags: operation(
    'CreateTags',
    z.strictObject({ ...target, Tag: tagListInput.min(1) }),
    ({ ResourceId, Tag }, context) => {
      const found = ResourceId.map((id) => findTagged(context, id));
      const changed = found.map((each) => [each, mergeTags(each.tags, Tag)] as const);
      for (const [each, tags] of changed) each.put(tags);
      return { return: true };
    },
  ),
  DeleteTags: operation(
    'DeleteTags',
    z.strictObject({ ...target, Tag: z.array(doomedTag).optional() }),
    ({ ResourceId, Tag }, context) => {
      for (const each of ResourceId.map((id) => findTagged(context, id))) {
        const goes = (key: string, value: string) =>
          Tag === undefined || Tag.some((tag) => tag.Key === key && (tag.Value ?? value) === value);
        each.put(Object.fromEntries(Object.entries(each.tags).filter(([key, value]) => !goes(key, value))));
      }
      return { return: true };
    },
  ),
};

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly tags: Tags;
  put(tags: Tags): void;
}

function findTagged(context: Ec2Context, id: string): Tagged {
  const { state } = context.disks;
  if (id.startsWith('vol-')) {
    const volume = findVolume(context, id);
    return { tags: volume.tags, put: (tags) => state.volumes.put({ ...volume, tags: { ...tags } }) };
  }
  if (id.startsWith('snap-')) {
    const snapshot = findSnapshot(context, id);
    return { tags: snapshot.tags, put: (tags) => state.snapshots.put({ ...snapshot, tags: { ...tags } }) };
  }
  if (id.startsWith('i-')) {
    const { tags } = findHost(context, id);
    const gone = Object.fromEntries(Object.keys(tags).map((key) => [key, null]));
    const former = state.instanceTags.get(id)?.tags;
    return { tags, put: (all) => state.instanceTags.put({ id, tags: { ...former, ...gone, ...all } }) };
  }
  throw new AwsError(
    'InvalidID',
    `The ID '${id}' is not valid: EC2 of the local cloud tags instances, volumes and snapshots`,
  );
}
