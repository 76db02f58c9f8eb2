import * as z from 'zod';
import { AwsError } from '../endpoint/aws-service.ts';
import { invalidValue } from './operation.ts';

const MAX_TAGS = 50;

const tag = z.strictObject({ Key: z.string().min(1).max(127), Value: z.string().max(255).default('') });

export const tagListInput = z.array(tag);

/** `TagSpecification.N` of a call that makes one resource. */
export const tagSpecificationsInput = z
  .array(z.strictObject({ ResourceType: z.string(), Tag: tagListInput.default([]) }))
  .default([]);

type Tags = Readonly<Record<string, string>>;

/** The tags that a new resource gets. Throws when the specification is for another kind of resource. */
export function tagsOfSpecifications(
  specifications: z.infer<typeof tagSpecificationsInput>,
  resourceType: 'volume' | 'snapshot',
): Tags {
  const stranger = specifications.find((each) => each.ResourceType !== resourceType);
  if (stranger !== undefined) {
    throw invalidValue(`'${stranger.ResourceType}' is not a valid taggable resource type for this operation.`);
  }
  return mergeTags(
    {},
    specifications.flatMap((each) => each.Tag),
  );
}

/** Throws for reserved keys, and TagLimitExceeded above 50. */
export function mergeTags(tags: Tags, added: readonly z.infer<typeof tag>[]): Tags {
  const reserved = added.find(({ Key }) => /^aws:/i.test(Key));
  if (reserved !== undefined) {
    throw invalidValue(
      `Value ( ${reserved.Key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
    );
  }
  const all = { ...tags, ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(all).length > MAX_TAGS) {
    throw new AwsError('TagLimitExceeded', `The maximum number of tags on a resource is ${MAX_TAGS}`);
  }
  return all;
}

export function viewTagSet(tags: Tags): readonly { readonly key: string; readonly value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
