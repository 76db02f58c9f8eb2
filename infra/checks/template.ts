import * as z from 'zod';

const resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });

const templateSchema = z.looseObject({ Resources: z.record(z.string(), resource) });

/** A CloudFormation template, as far as the checks look into it. */
export type Template = z.infer<typeof templateSchema>;
export type Resource = z.infer<typeof resource>;

/** Says what is wrong with a template, each line beginning with the logical id; empty when nothing is. */
export type Check = (template: Template) => string[];

/** Throws when the value is no template at all. */
export const parseTemplate = (value: unknown): Template => templateSchema.parse(value);

/** Logical ids and resources of one type. */
export const ofType = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
