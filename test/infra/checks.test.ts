import { describe, expect, test } from 'vitest';
import { runChecks } from '../../infra/checks/run-checks.ts';

const withResource = (Type: string, Properties: Record<string, unknown>) => ({
  Resources: { It: { Type, Properties } },
});
const policy = (statement: Record<string, unknown>) =>
  withResource('AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } });
const SAFE_TABLE = {
  SSESpecification: { SSEEnabled: true },
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
};

describe('runChecks', () => {
  test.each<[string, unknown, string[]]>([
    ['custom resources', withResource('Custom::LogRetention', {}), ['It: custom resource (Custom::LogRetention)']],
    [
      'intrinsics outside the set',
      withResource('AWS::X::Y', { Name: { 'Fn::Select': [0, ['a']] } }),
      ['It.Name.Fn::Select: intrinsic not allowed'],
    ],
    [
      'substitution of resources',
      withResource('AWS::X::Y', { Name: { 'Fn::Sub': ['a-$', '{Table}'].join('') } }),
      ['It.Name.Fn::Sub: only pseudo parameters may be substituted'],
    ],
    ['parameters', { Parameters: { P: { Type: 'String' } }, Resources: {} }, ['Parameters: section not allowed']],
    ['wildcard actions', policy({ Action: ['ecs:*'], Resource: 'arn' }), ['It: wildcard action ecs:*']],
    [
      'every resource without a reason',
      policy({ Action: ['dynamodb:PutItem', 'ec2:DescribeInstances'], Resource: '*' }),
      ['It: dynamodb:PutItem on every resource'],
    ],
    [
      'all but some actions',
      policy({ NotAction: 'iam:*', Resource: '*' }),
      ['It: a statement names no Action or no Resource'],
    ],
    [
      'managed policies',
      withResource('AWS::IAM::Role', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      ['It: managed policies grant more than is needed'],
    ],
    ['logs without end', withResource('AWS::Logs::LogGroup', {}), ['It: log group without retention']],
    [
      'functions without a log group',
      withResource('AWS::Lambda::Function', {}),
      ['It: function without a log group of its own'],
    ],
    [
      'plain tables',
      withResource('AWS::DynamoDB::Table', {}),
      ['It: table without encryption', 'It: table without point-in-time recovery'],
    ],
    ['plain queues', withResource('AWS::SQS::Queue', {}), ['It: queue without encryption']],
    ['nothing, in what keeps the rules', withResource('AWS::DynamoDB::Table', SAFE_TABLE), []],
    ['nothing, in queues with a key', withResource('AWS::SQS::Queue', { KmsMasterKeyId: { Ref: 'Key' } }), []],
    ['nothing, in denials', policy({ Effect: 'Deny', Action: '*', Resource: '*' }), []],
  ])('finds %s', (_name, template, expected) => {
    expect(runChecks(template)).toEqual(expected);
  });

  test('throws on what is no template', () => {
    expect(() => runChecks({ Ressources: {} })).toThrow('Resources');
  });
});
