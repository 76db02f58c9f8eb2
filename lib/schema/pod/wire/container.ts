import * as z from 'zod';
import { artifact, resourceLimits } from '../../wire/app.ts';
import { amount, defaulted, int32, labels, oneOf, optional, port } from '../../wire/fields.ts';
import { linuxInfo } from '../../wire/linux-info.ts';
import { podHealthCheck } from './health-check.ts';
import { command, environment, name, path } from './values.ts';

const endpoint = z.object({
  name: name.describe('Name of the port; unique in the pod.'),
  containerPort: optional(port).describe('Port inside the container; 0: the same as the host port.'),
  hostPort: optional(port).describe('Port of the agent; 0: any.'),
  protocol: optional(z.array(z.string()).min(1)).describe('Protocols, such as tcp and udp.'),
  labels: defaulted(labels, {}).describe('Labels of the port.'),
  networkNames: defaulted(z.array(z.string()), []).describe('Networks that the port is for; empty: all.'),
});

const image = z.object({
  kind: oneOf('DOCKER').describe('Kind of image.'),
  id: path.describe('Address of the image.'),
  pullConfig: optional(z.object({ secret: z.string().describe('Name of a secret in secrets.') })).describe(
    'Credentials of the registry.',
  ),
  forcePull: optional(z.boolean()).describe('Pull the image before each launch.'),
  labels: defaulted(labels, {}).describe('Labels of the image.'),
});

const resources = z.object({
  cpus: defaulted(amount, 1).describe('CPUs.'),
  mem: defaulted(amount, 128).describe('Memory in MiB.'),
  disk: defaulted(amount, 0).describe('Disk in MiB.'),
  gpus: defaulted(int32.min(0), 0).describe('GPUs.'),
});

const volumeMount = z.object({
  name: name.describe('Name of one of the volumes.'),
  mountPath: path.describe('Where it is mounted in the container.'),
  readOnly: defaulted(z.boolean(), false).describe('Mount it read-only.'),
});

/** `check` is not read: Marathon drops it too (pod-and-group-model.md A3). */
export const podContainer = z.object({
  name: name.describe('Name of the container; unique in the pod.'),
  exec: optional(
    z.object({
      command: command.describe('The command.'),
      overrideEntrypoint: optional(z.boolean()).describe("Let argv replace the image's entry point."),
    }),
  ).describe("What to run; left out: the image's own entry point."),
  resources: resources.describe('What the container needs.'),
  resourceLimits: optional(resourceLimits).describe('What it may use at most.'),
  endpoints: defaulted(z.array(endpoint), []).describe('Ports.'),
  linuxInfo: optional(linuxInfo).describe('Settings of the Mesos containerizer.'),
  image: optional(image).describe('Image; left out: the file system of the agent.'),
  environment: defaulted(environment, {}).describe("Variables, over the pod's."),
  user: optional(z.string()).describe('User to run as.'),
  healthCheck: optional(podHealthCheck).describe('Health check.'),
  volumeMounts: defaulted(z.array(volumeMount), []).describe('Volumes to mount.'),
  artifacts: defaulted(z.array(artifact), []).describe('Files to fetch before the start.'),
  labels: defaulted(labels, {}).describe("Labels, over the pod's."),
  lifecycle: optional(
    z.object({ killGracePeriodSeconds: optional(amount).describe('From SIGTERM to SIGKILL, s.') }),
  ).describe('How it ends.'),
  tty: optional(z.boolean()).describe('Give it a pseudo-TTY.'),
});
export type PodContainerInput = z.output<typeof podContainer>;
