import * as z from 'zod';
import { nonEmptyText } from '../../wire/fields.ts';
import { persistent } from '../../wire/volume.ts';
import { name } from './values.ts';

const volumeName = name.describe('Name for volumeMounts; unique in the pod.');

/** Marathon would take a volume of another kind for an ephemeral one when it cannot read it, and lose it. */
const absent = (shape: string) => z.never({ error: `must be ${shape}` }).nullish();

/** Tried in Marathon's order, which reports the last alternative's errors only. */
export const podVolume = z.union([
  z.object({ name: volumeName, persistent: persistent.describe('A disk that stays with the instance.') }),
  z.object({ name: volumeName, secret: z.string().describe('Name of a secret in secrets.') }),
  z.object({ name: volumeName, host: nonEmptyText.describe('Path on the agent.') }),
  z
    .object({
      name: volumeName,
      persistent: absent('{size, type?, maxSize?, profileName?, constraints?}'),
      secret: absent('the name of a secret'),
      host: absent('a path on the agent'),
    })
    .transform(({ name }) => ({ name })),
]);
export type PodVolumeInput = z.output<typeof podVolume>;
