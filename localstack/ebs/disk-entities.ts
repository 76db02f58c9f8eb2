import * as z from 'zod';

/** What EC2 and EBS remember of disks. Stored as JSON; times are epoch milliseconds, sizes GiB. */

const instant = z.number();
const tags = z.record(z.string(), z.string());

const attachment = z.object({
  instanceId: z.string(),
  device: z.string(),
  state: z.enum(['attaching', 'attached', 'detaching']),
  at: instant,
  /** When attaching or detaching is over. */
  due: instant.optional(),
});

export const volume = z.object({
  id: z.string(),
  state: z.enum(['creating', 'available', 'in-use', 'deleting']),
  /** When creating or deleting is over. */
  due: instant.optional(),
  zone: z.string(),
  size: z.int(),
  type: z.string(),
  iops: z.int().optional(),
  throughput: z.int().optional(),
  initializationRate: z.int().optional(),
  /** Shown as asked for; nothing is encrypted on this machine. */
  encrypted: z.boolean(),
  kmsKeyId: z.string().optional(),
  snapshotId: z.string().optional(),
  createdAt: instant,
  attachment: attachment.optional(),
  tags,
});

export const snapshot = z.object({
  id: z.string(),
  state: z.enum(['pending', 'completed', 'error']),
  stateMessage: z.string().optional(),
  /** When it is completed; absent while blocks may still be put. */
  due: instant.optional(),
  /** Of a snapshot that blocks are put into: when it is given up, and after how long without a block. */
  direct: z.object({ timeoutMs: z.number(), expiresAt: instant, parentId: z.string().optional() }).optional(),
  volumeId: z.string(),
  size: z.int(),
  description: z.string(),
  encrypted: z.boolean(),
  kmsKeyId: z.string().optional(),
  startedAt: instant,
  completedAt: instant.optional(),
  tags,
});

/** One block of a snapshot; its content is in the block store under its hash. */
export const block = z.object({
  snapshotId: z.string(),
  index: z.int(),
  sha256: z.string(),
  /** True when it was put, false when the snapshot's parent had it. */
  own: z.boolean(),
});

/** Which resource an operation made for a client token. */
export const clientToken = z.object({ id: z.string(), request: z.string(), resourceId: z.string() });

/** Tags that EC2 was told for an instance: they overlay those of its container instance; null hides one. */
export const instanceTags = z.object({ id: z.string(), tags: z.record(z.string(), z.string().nullable()) });

export type Volume = Readonly<z.infer<typeof volume>>;
export type Snapshot = Readonly<z.infer<typeof snapshot>>;
export type Block = Readonly<z.infer<typeof block>>;
export type ClientToken = Readonly<z.infer<typeof clientToken>>;
export type InstanceTags = Readonly<z.infer<typeof instanceTags>>;
