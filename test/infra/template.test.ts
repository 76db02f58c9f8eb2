import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileSystem } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleFolder, bundleOf, type SynthesizedStack, synthesizedStack } from './synthesized.ts';

let stack: SynthesizedStack;
beforeAll(async () => {
  stack = await synthesizedStack();
}, 120_000);

/** Properties of the resources of a type, by logical id. */
const ofType = (type: string) =>
  Object.fromEntries(
    Object.entries(stack.resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, Properties]),
  );
const idOf = (type: string, prefix: string): string => {
  const id = Object.keys(ofType(type)).find((candidate) => candidate.startsWith(prefix));
  if (id === undefined) throw new Error(`No ${type} whose logical id begins with ${prefix}`);
  return id;
};
const arnOf = (type: string, prefix: string) => ({ 'Fn::GetAtt': [idOf(type, prefix), 'Arn'] });

describe('tables', () => {
  test.each([
    ['TablesState', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }],
    ['TablesEvents', {}],
  ])('%s', (prefix, own) => {
    expect(ofType('AWS::DynamoDB::Table')[idOf('AWS::DynamoDB::Table', prefix)]).toEqual({
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      ...own,
    });
  });

  test('outlive the stack', () => {
    stack.template.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

describe('functions', () => {
  test.each([
    ['Api', 1024, 29],
    ['Lists', 1024, 180],
    ['Stream', 256, 900],
    ['Ingest', 256, 30],
    ['Publish', 256, 60],
    ['Tick', 1024, 90],
    ['Health', 512, 900],
  ])('%s', (name, memory, timeout) => {
    const id = idOf('AWS::Lambda::Function', `Functions${name}Function`);
    expect(ofType('AWS::Lambda::Function')[id]).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: memory,
      Timeout: timeout,
      LoggingConfig: { LogGroup: { Ref: idOf('AWS::Logs::LogGroup', `Functions${name}Logs`) } },
      Environment: {
        Variables: {
          STRIDE_SCHEDULER: 'default',
          STRIDE_CLUSTER: { Ref: 'Cluster' },
          STRIDE_STATE_TABLE: { Ref: idOf('AWS::DynamoDB::Table', 'TablesState') },
          STRIDE_EVENTS_TABLE: { Ref: idOf('AWS::DynamoDB::Table', 'TablesEvents') },
          STRIDE_BUS: { Ref: idOf('AWS::Events::EventBus', 'RoutesBus') },
          STRIDE_DEFAULT_IMAGE: 'public.ecr.aws/amazonlinux/amazonlinux:2023',
          STRIDE_ENV_VARS_PREFIX: '',
          STRIDE_SERVICE_PORT_MIN: '10000',
          STRIDE_SERVICE_PORT_MAX: '20000',
          STRIDE_AGENT_TIMEOUT_SECONDS: '120',
          STRIDE_AGENT_ROLES: 'slave_public',
          STRIDE_ALLOWED_ORIGINS: '',
          STRIDE_MAX_RUNNING_DEPLOYMENTS: '100',
          STRIDE_DEPLOYMENT_DEADLINE: 'none',
          STRIDE_PLACEMENT_RANKING: 'binpack',
          STRIDE_MAX_VERSIONS: '50',
          STRIDE_HEALTH_SHARDS: '1',
        },
      },
    });
  });

  test('have log groups that forget after a month', () => {
    stack.template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    stack.template.resourceCountIs('AWS::Logs::LogGroup', 8);
  });

  test('the tick is never run late nor twice for one event', () => {
    stack.template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: idOf('AWS::Lambda::Function', 'FunctionsTick') },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });
});

describe('events', () => {
  test('ECS events of our cluster go to the queue', () => {
    stack.template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: Match.absent(),
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Task State Change', 'ECS Container Instance State Change'],
        detail: { clusterArn: [{ 'Fn::GetAtt': ['Cluster', 'Arn'] }] },
      },
      Targets: [Match.objectEquals({ Id: 'Target0', Arn: arnOf('AWS::SQS::Queue', 'RoutesQueue') })],
    });
  });

  test.each([
    ['wake event of our bus', 'RoutesWake', { EventPattern: { source: ['stride'], 'detail-type': ['wake'] } }],
    ['timer', 'RoutesEachMinute', { ScheduleExpression: 'rate(1 minute)' }],
  ])('the %s starts the tick', (_name, prefix, expected) => {
    const target = { Id: 'Target0', Arn: arnOf('AWS::Lambda::Function', 'FunctionsTick') };
    const rule = idOf('AWS::Events::Rule', prefix);
    expect(ofType('AWS::Events::Rule')[rule]).toMatchObject({ ...expected, State: 'ENABLED', Targets: [target] });
    stack.template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
      FunctionName: arnOf('AWS::Lambda::Function', 'FunctionsTick'),
    });
  });

  test('the tick starts the prober', () => {
    const rule = idOf('AWS::Events::Rule', 'RoutesProbe');
    const target = { Id: 'Target0', Arn: arnOf('AWS::Lambda::Function', 'FunctionsHealth') };
    expect(ofType('AWS::Events::Rule')[rule]).toMatchObject({
      EventPattern: { source: ['stride'], 'detail-type': ['probe'] },
      EventBusName: { Ref: idOf('AWS::Events::EventBus', 'RoutesBus') },
      Targets: [target],
    });
    stack.template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: idOf('AWS::Lambda::Function', 'FunctionsHealth') },
      MaximumRetryAttempts: 0,
    });
  });

  test('messages that fail five times are set aside', () => {
    stack.template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 180,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: arnOf('AWS::SQS::Queue', 'RoutesDeadLetters') },
    });
  });

  test('the queue feeds ingest, message by message', () => {
    stack.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: arnOf('AWS::SQS::Queue', 'RoutesQueue'),
      FunctionName: { Ref: idOf('AWS::Lambda::Function', 'FunctionsIngest') },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  test('the stream of the state table feeds publish with outboxes only', () => {
    stack.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [idOf('AWS::DynamoDB::Table', 'TablesState'), 'StreamArn'] },
      FunctionName: { Ref: idOf('AWS::Lambda::Function', 'FunctionsPublish') },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"outbox":{"S":[{"exists":true}]}}}}' }] },
      DestinationConfig: { OnFailure: { Destination: arnOf('AWS::SQS::Queue', 'FunctionsUnpublished') } },
    });
  });
});

describe('API', () => {
  test('streams GET /v2/events for 15 minutes, lists of apps and groups for three, and buffers everything else', () => {
    const methods = Object.values(ofType('AWS::ApiGateway::Method')).map((properties) => JSON.stringify(properties));
    const of = (name: string) =>
      methods.filter((method) => method.includes(`"${idOf('AWS::Lambda::Function', `Functions${name}Function`)}"`));
    const [events, lists, buffered] = [of('Stream'), of('Lists'), of('Api')];
    expect([events.length, lists.length, buffered.length, methods.length]).toEqual([1, 3, 9, 13]);
    for (const method of [...events, ...lists]) {
      expect(method).toContain('"HttpMethod":"GET"');
      expect(method).toContain('"ResponseTransferMode":"STREAM"');
      expect(method).toContain('/response-streaming-invocations');
    }
    expect(events[0]).toContain('"TimeoutInMillis":900000');
    for (const method of lists) expect(method).toContain('"TimeoutInMillis":180000');
    for (const method of buffered) {
      expect(method).toContain('"HttpMethod":"ANY"');
      expect(method).not.toContain('STREAM');
    }
    const paths = Object.values(ofType('AWS::ApiGateway::Resource')).map((properties) => properties['PathPart']);
    expect(paths.sort()).toEqual(['apps', 'events', 'groups', 'v2', ...Array.from({ length: 4 }, () => '{proxy+}')]);
  });

  test('names its limit when a request is too large', () => {
    stack.template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'REQUEST_TOO_LARGE',
      StatusCode: Match.absent(),
      ResponseTemplates: {
        'application/json': Match.stringLikeRegexp('^\\{"message":".*limit of 6291456 bytes.*"\\}$'),
      },
    });
  });

  test('asks for signed requests, at the stage that Marathon is at', () => {
    stack.template.allResourcesProperties('AWS::ApiGateway::Method', { AuthorizationType: 'AWS_IAM' });
    stack.template.hasResourceProperties('AWS::ApiGateway::Stage', { StageName: 'marathon' });
    stack.template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['REGIONAL'] },
      MinimumCompressionSize: 1024,
      BinaryMediaTypes: ['application/octet-stream', 'multipart/form-data'],
    });
    stack.template.resourceCountIs('AWS::ApiGateway::Account', 0);
  });

  test.each(['DEFAULT_4XX', 'DEFAULT_5XX'])('%s has the shape of Marathon’s errors', (type) => {
    stack.template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: type,
      ResponseTemplates: { 'application/json': '{"message":$context.error.messageString}' },
    });
  });
});

describe('bundles', () => {
  const FUNCTIONS = ['Api', 'Lists', 'Stream', 'Ingest', 'Publish', 'Tick', 'Health'];
  /** Far over what they are, far under what a cold start would show. */
  const LIMIT_KB = 1000;
  const ECS_CLIENT = 'AmazonEC2ContainerServiceV20141113';
  const EC2_CLIENT = 'http://ec2.amazonaws.com/doc/2016-11-15';
  const LOGS_CLIENT = 'Logs_20140328';

  test.each(FUNCTIONS)('%s is named by its bytes, so that a change of what it imports is deployed', (name) => {
    const folder = bundleFolder(stack, name);
    expect(basename(folder)).toBe(`asset.${FileSystem.fingerprint(folder)}`);
  });

  test('of the API comes with the pages that it serves', () => {
    const deployed = join(bundleFolder(stack, 'Api'), 'web');
    const sources = fileURLToPath(new URL('../../web', import.meta.url));
    expect(FileSystem.fingerprint(deployed)).toBe(FileSystem.fingerprint(sources));
  });

  test.each(FUNCTIONS)('%s loads little at cold start', (name) => {
    const files = bundleOf(stack, name);
    const kilobytes = (text: string | undefined) => Math.round((text?.length ?? 0) / 1024);
    const all = kilobytes([...files.values()].join(''));
    console.log(`${name}: ${kilobytes(files.get('index.mjs'))} KB at cold start, ${all} KB with what is loaded lazily`);
    expect(kilobytes(files.get('index.mjs'))).toBeLessThan(LIMIT_KB);
  });

  test('only the tick carries the ECS and EC2 clients, only the API that of CloudWatch Logs; the last two apart', () => {
    const carriers = (client: string) =>
      FUNCTIONS.flatMap((name) =>
        [...bundleOf(stack, name)]
          .filter(([, text]) => text.includes(client))
          .map(([file]) => `${name}/${file.replace(/-\w+/, '')}`),
      );
    expect(carriers(ECS_CLIENT)).toEqual(['Tick/index.mjs']);
    expect(carriers(EC2_CLIENT)).toEqual(['Tick/lazy.mjs']);
    expect(carriers(LOGS_CLIENT)).toEqual(['Api/lazy.mjs', 'Lists/lazy.mjs']);
  });
});
