/** What a linter says of the template, and why it stays so. */
export interface Finding {
  readonly rule: string;
  /** Where it is found: a path in the template for cfn-lint, of constructs for cdk-nag. */
  readonly at: string;
  readonly because: string;
}

const ROLE_FIRST = 'the CDK has each function wait for its role and the role’s policy, beside the reference';

/** All of cfn-lint. */
export const CFN_LINT_FINDINGS: readonly Finding[] = [
  'Api',
  'Lists',
  'Stream',
  'Ingest',
  'Publish',
  'Tick',
  'Health',
].map((name) => ({ rule: 'W3005', at: `Resources/Functions${name}Function/DependsOn`, because: ROLE_FIRST }));

const TICK_POLICY = 'Stride/Functions/Tick/Role/DefaultPolicy/Resource';
const STAGE = 'Stride/MarathonApi/RestApi/DeploymentStage.marathon/Resource';
const ECS_ARN = 'arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:';

const narrowed = (resource: string, because: string): Finding => ({
  rule: `AwsSolutions-IAM5[Resource::${resource}]`,
  at: TICK_POLICY,
  because,
});

/** Under every path that has an integration of its own. */
const METHODS = [
  ...['v2/apps', 'v2/events', 'v2/groups', 'v2/groups/{proxy+}'].flatMap((path) => [`${path}/GET`, `${path}/ANY`]),
  ...['v2/apps/{proxy+}', 'v2/{proxy+}', 'v2', '{proxy+}'].map((path) => `${path}/ANY`),
  'ANY',
];

/** All of cdk-nag's AwsSolutions pack. */
export const CDK_NAG_FINDINGS: readonly Finding[] = [
  {
    rule: 'AwsSolutions-ECS4',
    at: 'Stride/Cluster',
    because: 'Container Insights cost by the metric; who wants them sets the account’s default',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    at: 'Stride/Functions/Publish/Role/DefaultPolicy/Resource',
    because: 'dynamodb:ListStreams, which Lambda calls to poll, takes no resource (test/infra/permissions.test.ts)',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    at: TICK_POLICY,
    because:
      'ListTasks is bound to the cluster by a condition; DescribeTaskDefinition, RegisterTaskDefinition and EC2’s ' +
      'DescribeInstances take no resource',
  },
  narrowed(`${ECS_ARN}task-definition/stride-*:*`, 'families of ours begin so, and revisions are made at run time'),
  narrowed(`${ECS_ARN}task/stride/*`, 'tasks are made at run time; the cluster is named'),
  narrowed(`${ECS_ARN}container-instance/stride/*`, 'machines join at run time; the cluster is named'),
  {
    rule: 'AwsSolutions-SQS3',
    at: 'Stride/Functions/Unpublished/Resource',
    because: 'it is a dead-letter queue itself: of the stream’s event source, which cdk-nag does not look at',
  },
  {
    rule: 'AwsSolutions-APIG2',
    at: 'Stride/MarathonApi/RestApi/Resource',
    because: 'the function validates, since refusals must have Marathon’s words and paths',
  },
  {
    rule: 'AwsSolutions-APIG1',
    at: STAGE,
    because: 'access logs need a role that is a setting of the account: `stride:apiAccessLogs` turns them on',
  },
  {
    rule: 'AwsSolutions-APIG3',
    at: STAGE,
    because: 'requests are signed by default; a web ACL costs by the month and is the account’s choice',
  },
  {
    rule: 'AwsSolutions-APIG6',
    at: STAGE,
    because: 'the gateway’s execution logs would hold definitions, and with them secrets of users',
  },
  ...METHODS.map((method) => ({
    rule: 'AwsSolutions-COG4',
    at: `Stride/MarathonApi/RestApi/Default/${method}/Resource`,
    because: 'requests are signed (AWS_IAM); Marathon’s clients know no Cognito',
  })),
];
