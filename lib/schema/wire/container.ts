import * as z from 'zod';
import { defaulted, nonEmptyText, oneOf, optional } from './fields.ts';
import { linuxInfo } from './linux-info.ts';
import { portMapping } from './network.ts';
import { volume } from './volume.ts';

const parameter = z.object({
  key: nonEmptyText.describe('Option of docker run, without dashes.'),
  value: z.string().describe('Its value.'),
});

const docker = z.object({
  image: nonEmptyText.describe('Image to run.'),
  forcePullImage: defaulted(z.boolean(), false).describe('Pull the image at each launch.'),
  privileged: defaulted(z.boolean(), false).describe('Run with all capabilities of the agent; DOCKER only.'),
  parameters: defaulted(z.array(parameter), []).describe('Further options of docker run; DOCKER only.'),
  pullConfig: optional(z.object({ secret: z.string().describe('Name of a secret in secrets.') })).describe(
    'Credentials for the registry; MESOS only.',
  ),
  credential: optional(z.looseObject({})).describe('No longer taken.'),
  network: optional(oneOf('BRIDGE', 'HOST', 'NONE', 'USER')).describe('Deprecated: use networks.'),
  portMappings: optional(z.array(portMapping)).describe('Deprecated: use container.portMappings.'),
});

export const container = z.object({
  type: defaulted(oneOf('MESOS', 'DOCKER'), 'DOCKER').describe('Container engine.'),
  docker: optional(docker).describe('The image and how it is run.'),
  linuxInfo: optional(linuxInfo).describe('Seccomp and IPC; MESOS only.'),
  volumes: defaulted(z.array(volume), []).describe('Volumes to mount.'),
  portMappings: optional(z.array(portMapping)).describe('Ports of the container, off the host network.'),
});
export type ContainerInput = z.output<typeof container>;
