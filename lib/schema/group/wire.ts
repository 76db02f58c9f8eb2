import * as z from 'zod';
import { type AppInput, appSchema } from '../wire/app.ts';
import { defaulted, idText, optional } from '../wire/fields.ts';

/** A group as `POST` and `PUT` take it; what is absent is to stay as it is. */
export interface GroupInput {
  readonly id?: string | undefined;
  readonly apps?: readonly AppInput[] | undefined;
  readonly groups?: readonly NestedGroupInput[] | undefined;
  readonly dependencies?: readonly string[] | undefined;
  readonly enforceRole?: boolean | undefined;
  readonly scaleBy?: number | undefined;
  readonly version?: string | undefined;
}

/** A group inside another one needs an id. */
export interface NestedGroupInput extends GroupInput {
  readonly id: string;
}

const fields = {
  apps: optional(z.array(appSchema)).describe('Full definitions, in place of all apps right below the group.'),
  groups: z.lazy(() => optional(z.array(nestedGroupSchema))).describe('In place of all groups right below the group.'),
  dependencies: optional(z.array(idText)).describe('Apps and groups that every app of the group waits for.'),
  enforceRole: optional(z.boolean()).describe('Top-level groups only: its name is the role of all apps below.'),
  scaleBy: optional(z.number().min(0)).describe('Alone: multiplies the instances of every app below.'),
  version: optional(z.string()).describe('Alone: brings back the group as it was in this version.'),
};

export const nestedGroupSchema: z.ZodType<NestedGroupInput> = z.object({ id: idText, ...fields });

/** The body of `POST` and `PUT /v2/groups`. There is no key for pods: those of a group stay (pod-and-group-model.md B1). */
export const groupSchema: z.ZodType<GroupInput> = z.object({ id: optional(idText), ...fields });

/** The body of `PATCH /v2/groups/{id}`. */
export const groupPatchSchema = z.object({
  enforceRole: defaulted(z.boolean(), false).describe('Makes the name of the group the role of all apps below.'),
});
