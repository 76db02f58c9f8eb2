import * as z from 'zod';
import { AwsError } from '../endpoint/aws-service.ts';

/** EC2: values that one filter can have. */
const MAX_VALUES = 200;

/** `Filter.N` of the describe calls, in the EC2 API Reference's names. */
export const filtersInput = z
  .array(z.strictObject({ Name: z.string(), Value: z.array(z.string()).min(1).default([]) }))
  .default([]);

type Filter = z.infer<typeof filtersInput>[number];

/** The texts that an item has under a filter's name. */
export type FilterFields<Item> = Readonly<Record<string, (item: Item) => string | undefined>>;

/**
 * The items that all filters let through; a filter lets through what has one of its values, in which `*` stands for
 * any characters and `?` for one. `tag:KEY` and `tag-key` go beside the fields given.
 */
export function applyFilters<Item extends { readonly tags: Readonly<Record<string, string>> }>(
  items: readonly Item[],
  filters: readonly Filter[],
  fields: FilterFields<Item>,
): readonly Item[] {
  return filters.reduce((left, { Name, Value }) => {
    if (Value.length > MAX_VALUES) {
      throw new AwsError('FilterLimitExceeded', `filter ${Name} has ${Value.length} values; ${MAX_VALUES} are allowed`);
    }
    const textsOf = textsUnder(Name, fields);
    const patterns = Value.map(toPattern);
    return left.filter((item) => textsOf(item).some((text) => patterns.some((pattern) => pattern.test(text))));
  }, items);
}

function textsUnder<Item extends { readonly tags: Readonly<Record<string, string>> }>(
  name: string,
  fields: FilterFields<Item>,
): (item: Item) => readonly string[] {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field !== undefined) return (item) => [field(item) ?? ''];
  if (name === 'tag-key') return ({ tags }) => Object.keys(tags);
  const tag = /^tag:(.+)$/.exec(name)?.[1];
  if (tag !== undefined) return ({ tags }) => (tags[tag] === undefined ? [] : [tags[tag]]);
  const served = [...Object.keys(fields), 'tag:KEY', 'tag-key'].join(', ');
  throw new AwsError(
    'InvalidParameterValue',
    `EC2 of the local cloud does not serve the filter '${name}'; it serves ${served}`,
  );
}

function toPattern(value: string): RegExp {
  const escaped = value.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
