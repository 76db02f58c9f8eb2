import * as z from 'zod';
import { defaulted, nonEmptyText, oneOf, optional } from './fields.ts';
import { portMapping } from './network.ts';

const docker = z.object({
  image: nonEmptyText,
  forcePullImage: defaulted(z.boolean(), false),
  privileged: defaulted(z.boolean(), false),
  parameters: defaulted(z.array(z.object({ key: nonEmptyText, value: z.string() })), []),
  pullConfig: optional(z.object({ secret: z.string() })),
  credential: optional(z.looseObject({})),
  network: optional(oneOf('BRIDGE', 'HOST', 'NONE', 'USER')),
  portMappings: optional(z.array(portMapping)),
});

/**
 * Tried in Marathon's order, which reports the last alternative's errors only. The first three are known by their
 * key alone: their inner rules come with the work that launches them.
 */
const volume = z.union([
  z.object({ containerPath: z.string(), persistent: z.looseObject({}) }),
  z.object({ containerPath: z.string(), external: z.looseObject({}) }),
  z.object({ containerPath: z.string(), secret: z.string() }),
  z.object({ containerPath: nonEmptyText, hostPath: nonEmptyText, mode: oneOf('RO', 'RW') }),
]);
export type VolumeInput = z.output<typeof volume>;

export const container = z.object({
  type: defaulted(oneOf('MESOS', 'DOCKER'), 'DOCKER'),
  docker: optional(docker),
  linuxInfo: optional(z.looseObject({})),
  volumes: defaulted(z.array(volume), []),
  portMappings: optional(z.array(portMapping)),
});
export type ContainerInput = z.output<typeof container>;
