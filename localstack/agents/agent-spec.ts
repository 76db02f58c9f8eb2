import * as z from 'zod';

/** An inclusive range of ports, `31000-31332`, or one port. */
const portRange = z
  .string()
  .regex(/^\d{1,5}(-\d{1,5})?$/, 'must be a port or a range such as "31000-31332"')
  .refine(isOrdered, 'must be within 1-65535 and ascend');

/** ECS: the names and values that PutAttributes takes (aws.md §1.1). */
const attributeName = z
  .string()
  .regex(
    /^(?!ecs\.|com\.amazonaws\.)[A-Za-z0-9_\-/\\.]{1,128}$/,
    'must be 1-128 of letters, digits, _ - / \\ . (no ecs.)',
  );
const attributeValue = z
  .string()
  .regex(
    /^(?! )[A-Za-z0-9_\-.@/\\: ]{1,128}(?<! )$/,
    'must be 1-128 of letters, digits, _ - . @ / \\ : and inner spaces',
  );

/** AWS: keys and values that tags can hold (aws.md §1.1). */
const tagKey = z
  .string()
  .regex(/^(?!aws:)[\p{L}\p{N} +\-=._:/@]{1,128}$/u, 'must be 1-128 characters that a tag key can hold');
const tagValue = z
  .string()
  .regex(/^[\p{L}\p{N} +\-=._:/@]{0,256}$/u, 'must be up to 256 characters that a tag value can hold');

const TOO_LONG = 'must fit in the 256 characters of a tag, written with spaces between';

/** A disk besides the root disk, for persistent volumes of its type. */
const agentDisk = z.strictObject({
  type: z.enum(['path', 'mount']),
  path: z.string().regex(/^\/[A-Za-z0-9_./@+-]{0,127}$/, 'must be an absolute path of letters, digits, _ . / @ + -'),
  size: z.int().positive().max(999_999_999_999).describe('MiB'),
  profile: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1-64 of letters, digits, _ . -')
    .optional(),
});

/** One entry of the agents file (`--agents FILE`); everything but the host has a default. */
export const agentEntry = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$/, 'must be a host name or an IPv4 address'),
  zone: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must be a zone name such as "local-a"')
    .default('local-a'),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must be a region name such as "local"')
    .default('local'),
  attributes: z
    .record(attributeName, attributeValue)
    .refine((all) => Object.keys(all).length <= 10, 'ECS allows at most 10 custom attributes')
    .default({}),
  roles: z
    .array(z.string().regex(/^(\*|[A-Za-z0-9_][A-Za-z0-9_.-]*)$/, 'must be "*" or a role name'))
    .min(1)
    .refine(fitsTag, TOO_LONG)
    .default(['*']),
  cpus: z.number().positive().max(1024).default(4),
  mem: z.int().positive().describe('MiB').default(8192),
  disk: z.int().nonnegative().describe('MiB').default(20480),
  gpus: z.int().nonnegative().max(64).default(0),
  ports: z.array(portRange).min(1).refine(fitsTag, TOO_LONG).optional(),
  disks: z.array(agentDisk).refine(haveOwnPaths, 'must have a path each').refine(disksFitTag, TOO_LONG).default([]),
  tags: z
    .record(tagKey, tagValue)
    .refine((all) => Object.keys(all).length <= 40, 'a container instance has room for 40 tags of its own')
    .default({}),
  count: z.int().min(1).max(1000).default(1),
});

export type AgentEntry = z.infer<typeof agentEntry>;

/** A machine of the local cloud: an agents file entry with its ports settled, without copies. */
export type AgentSpec = Readonly<Omit<AgentEntry, 'count' | 'ports'>> & { readonly ports: readonly string[] };

function isOrdered(range: string): boolean {
  const [begin = 0, end = begin] = range.split('-').map(Number);
  return begin >= 1 && begin <= end && end <= 65535;
}

/** As the tag `stride:disks` has them. */
export const diskWords = (disks: readonly z.infer<typeof agentDisk>[]): readonly string[] =>
  disks.map(({ type, path, size, profile }) =>
    [type, path, size, ...(profile === undefined ? [] : [profile])].join(':'),
  );

function disksFitTag(disks: readonly z.infer<typeof agentDisk>[]): boolean {
  return fitsTag(diskWords(disks));
}

function haveOwnPaths(disks: readonly z.infer<typeof agentDisk>[]): boolean {
  return new Set(disks.map(({ path }) => path)).size === disks.length;
}

function fitsTag(words: readonly string[]): boolean {
  return words.join(' ').length <= 256;
}
