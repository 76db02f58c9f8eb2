import { describe, expect, test } from 'vitest';
import { readConfig } from '../../infra/config.ts';

describe('readConfig', () => {
  test('has a default for everything', () => {
    expect(readConfig({ 'aws:cdk:other': 1 })).toEqual({
      scheduler: 'default',
      cluster: 'stride',
      bus: 'stride',
      defaultImage: 'public.ecr.aws/amazonlinux/amazonlinux:2023',
      envVarsPrefix: '',
      servicePortMin: 10_000,
      servicePortMax: 20_000,
      agentTimeoutSeconds: 120,
      agentRoles: ['slave_public'],
      accessControlAllowOrigin: [],
      maxRunningDeployments: 100,
      deploymentDeadline: 'none',
      placementRanking: 'binpack',
      ecsCallBurst: 90,
      ecsCallsPerSecond: 38,
      maxVersions: 50,
      taskRoleArns: [],
      endpoints: [],
      clusterEventSource: 'aws.ecs',
      logRetentionDays: 30,
      taskLogRetentionDays: 30,
      apiAuthorization: 'AWS_IAM',
      apiAccessLogs: false,
      apiMemoryMiB: 1024,
      ingestMemoryMiB: 256,
      publishMemoryMiB: 256,
      streamMemoryMiB: 256,
      tickMemoryMiB: 1024,
      healthMemoryMiB: 512,
      healthShards: 1,
      healthSubnetIds: [],
      healthSecurityGroupIds: [],
      healthVpcId: '',
      healthRouteTableIds: [],
      ingestTimeoutSeconds: 30,
      ingestVisibilitySeconds: 180,
      ingestBatchSize: 10,
      ingestMaxConcurrency: 10,
      ingestMaxReceives: 5,
      publishBatchSize: 100,
      publishMaxRetries: 10,
      tickTimeoutSeconds: 90,
    });
  });

  test.each([
    ['text from the command line', { 'stride:maxVersions': '7' }, { maxVersions: 7 }],
    ['a list from the command line', { 'stride:agentRoles': 'a,b' }, { agentRoles: ['a', 'b'] }],
    ['an empty list from the command line', { 'stride:agentRoles': '' }, { agentRoles: [] }],
    ['a list from cdk.json', { 'stride:agentRoles': ['a'] }, { agentRoles: ['a'] }],
    ['a flag from the command line', { 'stride:apiAccessLogs': 'true' }, { apiAccessLogs: true }],
    ['visibility six times the time-out', { 'stride:ingestTimeoutSeconds': 10 }, { ingestVisibilitySeconds: 60 }],
    ['visibility of its own', { 'stride:ingestVisibilitySeconds': '45' }, { ingestVisibilitySeconds: 45 }],
  ])('takes %s', (_name, context, expected) => {
    expect(readConfig(context)).toMatchObject(expected);
  });

  test.each([
    ['an unknown key', { 'stride:schedular': 'x' }, 'schedular'],
    ['a name with blanks', { 'stride:scheduler': 'a b' }, 'scheduler'],
    ['a number that is none', { 'stride:maxVersions': 'many' }, 'maxVersions'],
    ['a flag that is none', { 'stride:apiAccessLogs': 'yes' }, 'apiAccessLogs'],
    ['a retention that CloudWatch lacks', { 'stride:logRetentionDays': 31 }, 'logRetentionDays'],
    ['such a one for tasks', { 'stride:taskLogRetentionDays': 2 }, 'taskLogRetentionDays'],
    ['an endpoint without its service', { 'stride:endpoints': 'http://127.0.0.1:4566' }, 'endpoints'],
    ['a role that is no ARN', { 'stride:taskRoleArns': 'admin' }, 'taskRoleArns'],
    ['visibility under the time-out', { 'stride:ingestVisibilitySeconds': 29 }, 'ingestVisibilitySeconds'],
    ['a prober in a network without its groups', { 'stride:healthSubnetIds': 'subnet-a1' }, 'healthSecurityGroupIds'],
    ['an endpoint without its route tables', { 'stride:healthVpcId': 'vpc-d4' }, 'healthRouteTableIds'],
    ['ports the wrong way round', { 'stride:servicePortMin': 30_000 }, 'servicePortMin'],
  ])('refuses %s', (_name, context, named) => {
    expect(() => readConfig(context)).toThrow(named);
  });
});
