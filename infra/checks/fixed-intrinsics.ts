import type { Check } from './template.ts';

/** What the local cloud evaluates. `Fn::Sub` is there for the name of the CDK's asset bucket only. */
const ALLOWED = new Set(['Ref', 'Fn::GetAtt', 'Fn::Join', 'Fn::Sub']);
const PSEUDO_PARAMETERS = /\$\{AWS::(AccountId|Region|Partition)\}/g;
const SECTIONS = new Set(['Description', 'Resources', 'Outputs']);

/** The template uses a fixed set of intrinsics and sections: nothing is decided at deployment. */
export const fixedIntrinsics: Check = (template) => [
  ...Object.keys(template)
    .filter((section) => !SECTIONS.has(section))
    .map((section) => `${section}: section not allowed`),
  ...Object.entries(template.Resources).flatMap(([id, { Properties }]) => violations(Properties, id)),
  ...violations(template['Outputs'], 'Outputs'),
];

function violations(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${at}.${key}`;
    if ((key.startsWith('Fn::') || key === 'Condition') && isIntrinsic(value) && !ALLOWED.has(key)) {
      return [`${here}: intrinsic not allowed`];
    }
    if (key === 'Fn::Sub' && !onlyPseudoParameters(inner))
      return [`${here}: only pseudo parameters may be substituted`];
    return violations(inner, here);
  });
}

/** CloudFormation takes an object with one key for a call; policies have `Condition` beside other keys. */
const isIntrinsic = (value: object): boolean => Object.keys(value).length === 1;

const onlyPseudoParameters = (text: unknown): boolean =>
  typeof text === 'string' && !text.replaceAll(PSEUDO_PARAMETERS, '').includes('${');
