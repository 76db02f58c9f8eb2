import * as z from 'zod';
import { executorResources } from '../../wire/app.ts';
import { defaulted, idText, labels, nonEmptyText, optional } from '../../wire/fields.ts';
import { linuxInfo } from '../../wire/linux-info.ts';
import { network } from '../../wire/network.ts';
import { secrets } from '../../wire/secrets.ts';
import { podContainer } from './container.ts';
import { scaling, scheduling } from './scheduling.ts';
import { environment } from './values.ts';
import { podVolume } from './volume.ts';

/** The body of `POST /v2/pods` and `PUT /v2/pods/{id}`; `version` in it is ignored, like every unknown key. */
export const podSchema = z.object({
  id: idText.describe('Absolute id.'),
  labels: defaulted(labels, {}).describe('Labels.'),
  user: optional(z.string()).describe('User to run as.'),
  environment: defaulted(environment, {}).describe('Variables of all containers.'),
  containers: z.array(podContainer).min(1).describe('Containers that run side by side on one agent.'),
  secrets: defaulted(secrets, {}).describe('Secrets by the name that references use.'),
  volumes: defaulted(z.array(podVolume), []).describe('Volumes that containers mount.'),
  networks: defaulted(z.array(network), []).describe('Networks; empty: the host.'),
  scaling: optional(scaling).describe('How many instances.'),
  scheduling: optional(scheduling).describe('Where, when and how instances run.'),
  executorResources: optional(executorResources).describe('Taken besides the sum of the containers.'),
  role: optional(nonEmptyText).describe('Role to run as.'),
  linuxInfo: optional(linuxInfo).describe('Settings of the Mesos containerizer for the whole pod.'),
  legacySharedCgroups: optional(z.boolean()).describe('Containers share one memory and CPU limit.'),
});
export type PodInput = z.output<typeof podSchema>;
