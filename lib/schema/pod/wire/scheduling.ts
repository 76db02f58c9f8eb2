import * as z from 'zod';
import { CONSTRAINT_OPERATORS } from '../../../model/constraint.ts';
import { unreachableStrategy } from '../../wire/app.ts';
import { amount, defaulted, int32, oneOf, optional } from '../../wire/fields.ts';

const share = z.number().min(0).max(1);

export const scheduling = z.object({
  backoff: optional(
    z.object({
      backoff: defaulted(amount, 1).describe('Launch delay after the first failure, s.'),
      backoffFactor: defaulted(amount, 1.15).describe('The delay grows by this with each failure.'),
      maxLaunchDelay: defaulted(amount, 300).describe('Longest delay, s.'),
    }),
  ).describe('Delay of launches after failures.'),
  upgrade: optional(
    z.object({
      minimumHealthCapacity: defaulted(share, 1).describe('Share of instances that stay healthy, 0 to 1.'),
      maximumOverCapacity: defaulted(share, 1).describe('Share of instances that may run in addition, 0 to 1.'),
    }),
  ).describe('How instances are replaced.'),
  placement: optional(
    z.object({
      constraints: defaulted(
        z.array(
          z.object({
            fieldName: z.string().describe('hostname, @zone, @region or an attribute of agents.'),
            operator: oneOf(...CONSTRAINT_OPERATORS).describe('What must hold.'),
            /** Numbers are taken as text, as those of apps are. */
            value: optional(z.union([z.number(), z.string()])).describe('What the operator compares with.'),
          }),
        ),
        [],
      ).describe('Where instances may run.'),
      acceptedResourceRoles: defaulted(z.array(z.string()), []).describe(
        'Roles of agents that may run it; empty: all.',
      ),
    }),
  ).describe('Which agents instances may run on.'),
  killSelection: defaulted(oneOf('YOUNGEST_FIRST', 'OLDEST_FIRST'), 'YOUNGEST_FIRST').describe('Who goes first.'),
  unreachableStrategy: optional(unreachableStrategy),
});
export type SchedulingInput = z.output<typeof scheduling>;

const isFixed = (kind: unknown): boolean =>
  kind === undefined || kind === null || (typeof kind === 'string' && kind.toLowerCase() === 'fixed');

/** The error of another kind is Marathon's. Its bound on `instances` is a rule, not a part of the schema. */
export const scaling = z
  .object({
    kind: z
      .unknown()
      .optional()
      .meta({ enum: ['fixed'] })
      .describe('fixed is the only one.'),
    instances: defaulted(int32, 1).describe('How many instances to run.'),
  })
  .refine(({ kind }) => isFixed(kind), { error: 'error.expected.jsstring' });
