import * as z from 'zod';

// Values that answers are made of. Objects of answers are strict: a key that is not declared is a mistake.

/** As toTimestamp writes them. */
export const timestamp = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .meta({ format: 'date-time', examples: ['2021-03-02T08:40:00.512Z'] });

/** Absolute and canonical. */
export const pathId = z
  .string()
  .regex(/^\/([a-z0-9.-]+(\/[a-z0-9.-]+)*)?$/)
  .meta({ examples: ['/shop/cart'] });

export const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

export const count = z.int().min(0);
export const amount = z.number().min(0);
export const port = z.int().min(0).max(65_535);
export const labels = z.record(z.string(), z.string());

/** A text, or the name of one of the definition's secrets. */
export const environment = z.record(z.string(), z.union([z.string(), z.strictObject({ secret: z.string() })]));
export const secrets = z.record(z.string(), z.strictObject({ source: z.string() }));

export const killSelection = z.enum(['YOUNGEST_FIRST', 'OLDEST_FIRST']);
export const upgradeStrategy = z.strictObject({ maximumOverCapacity: amount, minimumHealthCapacity: amount });
export const unreachableStrategy = z.union([
  z.literal('disabled'),
  z.strictObject({ inactiveAfterSeconds: count, expungeAfterSeconds: count }),
]);

const limit = z.union([amount, z.literal('unlimited')]);
export const resourceLimits = z.strictObject({ cpus: limit.optional(), mem: limit.optional() });
export const executorResources = z.strictObject({ cpus: amount, mem: amount, disk: amount });
export const resources = z.strictObject({ cpus: amount, mem: amount, disk: amount, gpus: count });

export const artifact = z.strictObject({
  uri: z.string(),
  extract: z.boolean(),
  executable: z.boolean(),
  cache: z.boolean(),
  destPath: z.string().optional(),
});

export const command = z.union([z.strictObject({ shell: z.string() }), z.strictObject({ argv: z.array(z.string()) })]);

export const network = z.strictObject({
  name: z.string().optional(),
  mode: z.enum(['host', 'container', 'container/bridge']),
  labels: labels.optional(),
});

export const linuxInfo = z.strictObject({
  seccomp: z.strictObject({ profileName: z.string().optional(), unconfined: z.boolean() }).optional(),
  ipcInfo: z.strictObject({ mode: z.enum(['PRIVATE', 'SHARE_PARENT']), shmSize: count.optional() }).optional(),
});

/** Of a volume that stays when its task ends; sizes in MiB. */
export const persistent = z.strictObject({
  type: z.enum(['root', 'path', 'mount']),
  size: count,
  maxSize: count.optional(),
  profileName: z.string().optional(),
  constraints: z.array(z.array(z.string())),
});
