import * as z from 'zod';
import { type Check, ofType } from './template.ts';

/** Actions that may name every resource, with the reason. */
const ANY_RESOURCE: Readonly<Record<string, string>> = {
  'dynamodb:ListStreams': 'IAM knows no resource for it; event source mappings ask for it',
  'ec2:CreateNetworkInterface': 'Lambda checks the right before there is anything to name',
  'ec2:DeleteNetworkInterface': 'Lambda makes the interfaces of a function in a network, and names them',
  'ec2:DescribeInstances': 'IAM knows no resource for it',
  'ec2:DescribeNetworkInterfaces': 'IAM knows no resource for it',
  'ec2:DescribeSubnets': 'IAM knows no resource for it',
  'ecs:DescribeTaskDefinition': 'IAM knows no resource for it',
  'ecs:RegisterTaskDefinition': 'the revision does not exist before the call',
  'ecs:ListTasks': 'listing by cluster names no container instance; a condition holds it to our cluster',
};

const oneOrMany = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(z.unknown()));
const policySchema = z.object({
  Statement: z.array(z.object({ Effect: z.string(), Action: oneOrMany.optional(), Resource: oneOrMany.optional() })),
});
const roleSchema = z.object({
  ManagedPolicyArns: z.array(z.unknown()).default([]),
  Policies: z.array(z.object({ PolicyDocument: policySchema })).default([]),
});

/** Roles name each action, and each resource but where IAM cannot; none takes an AWS managed policy. */
export const leastPrivilege: Check = (template) => [
  ...ofType(template, 'AWS::IAM::Policy').flatMap(([id, { Properties }]) =>
    statementViolations(id, policySchema.parse(Properties['PolicyDocument'])),
  ),
  ...ofType(template, 'AWS::IAM::Role').flatMap(([id, { Properties }]) => {
    const role = roleSchema.parse(Properties);
    return [
      ...(role.ManagedPolicyArns.length > 0 ? [`${id}: managed policies grant more than is needed`] : []),
      ...role.Policies.flatMap(({ PolicyDocument }) => statementViolations(id, PolicyDocument)),
    ];
  }),
  ...ofType(template, 'AWS::IAM::ManagedPolicy').map(([id]) => `${id}: managed policies are not used`),
];

function statementViolations(id: string, policy: z.infer<typeof policySchema>): string[] {
  return policy.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action, Resource }) => {
    if (Action === undefined || Resource === undefined) return [`${id}: a statement names no Action or no Resource`];
    return Action.flatMap((action) => {
      if (typeof action !== 'string' || action.includes('*')) return [`${id}: wildcard action ${String(action)}`];
      return Resource.includes('*') && ANY_RESOURCE[action] === undefined ? [`${id}: ${action} on every resource`] : [];
    });
  });
}
