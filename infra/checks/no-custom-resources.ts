import type { Check } from './template.ts';

/** A custom resource runs code at deployment that neither the reader of the template nor the local cloud sees. */
export const noCustomResources: Check = (template) =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type.startsWith('Custom::') || Type === 'AWS::CloudFormation::CustomResource')
    .map(([id, { Type }]) => `${id}: custom resource (${Type})`);
