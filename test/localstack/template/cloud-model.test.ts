import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildCloudModel } from '../../../localstack/template/build-cloud-model.ts';
import { readAssembly } from '../../../localstack/template/read-assembly.ts';
import { aDirectory, aFunction, anApi, anAssembly } from './an-assembly.ts';

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    SSESpecification: { SSEEnabled: true },
  },
};

const source = (of: string, properties: Readonly<Record<string, unknown>> = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: { 'Fn::GetAtt': [of, 'Arn'] }, FunctionName: { Ref: 'Work' }, ...properties },
});

async function model(resources: Parameters<typeof anAssembly>[0]) {
  return buildCloudModel(await readAssembly(await anAssembly(resources, { work: 'export const handler = 1;' })));
}

test('a function has names, environment, limits and its asynchronous configuration resolved', async () => {
  const { functions } = await model({
    Work: aFunction('work', {
      Timeout: 30,
      MemorySize: 256,
      ReservedConcurrentExecutions: 1,
      Environment: { Variables: { TABLE: { Ref: 'Table' }, ROLE: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    }),
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { 'Fn::Transform': 'never looked at' } } },
    Table: TABLE,
    Dead: { Type: 'AWS::SQS::Queue' },
    Invoke: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Work' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 1,
        MaximumEventAgeInSeconds: 60,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Dead', 'Arn'] } } },
      },
    },
  });
  expect(functions).toEqual([
    {
      logicalId: 'Work',
      name: 'Test-Work',
      arn: 'arn:aws:lambda:local:000000000000:function:Test-Work',
      directory: expect.stringMatching(/asset\.work$/),
      handler: 'index.handler',
      environment: { TABLE: 'Test-Table', ROLE: 'arn:aws:iam::000000000000:role/Test-Role' },
      timeoutSeconds: 30,
      memoryMb: 256,
      reservedConcurrency: 1,
      asynchronous: { retries: 1, maxAgeSeconds: 60, onFailureQueueArn: 'arn:aws:sqs:local:000000000000:Test-Dead' },
    },
  ]);
});

test('queues and event sources carry AWS’s defaults', async () => {
  const { queues, queueSources, streamSources, tables } = await model({
    Work: aFunction('work'),
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    Jobs: {
      Type: 'AWS::SQS::Queue',
      Properties: { RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 } },
    },
    FromQueue: source('Jobs'),
    Table: TABLE,
    FromStream: source('Table', {
      EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
      ParallelizationFactor: 4,
    }),
  });
  expect(queues[1]).toEqual({
    logicalId: 'Jobs',
    name: 'Test-Jobs',
    arn: 'arn:aws:sqs:local:000000000000:Test-Jobs',
    visibilityTimeoutSeconds: 30,
    delaySeconds: 0,
    retentionSeconds: 345_600,
    maxMessageBytes: 1_048_576,
    redrive: { targetArn: 'arn:aws:sqs:local:000000000000:dead', maxReceiveCount: 5 },
  });
  expect(queueSources).toEqual([
    {
      logicalId: 'FromQueue',
      functionName: 'Test-Work',
      sourceArn: 'arn:aws:sqs:local:000000000000:Test-Jobs',
      enabled: true,
      batchSize: 10,
      batchingWindowSeconds: 0,
      reportBatchItemFailures: false,
      maxConcurrency: undefined,
    },
  ]);
  expect(streamSources).toEqual([
    {
      logicalId: 'FromStream',
      functionName: 'Test-Work',
      sourceArn: tables[0]?.streamArn,
      enabled: true,
      batchSize: 100,
      batchingWindowSeconds: 0,
      reportBatchItemFailures: false,
      startingPosition: 'TRIM_HORIZON',
      filters: ['{"eventName":["INSERT"]}'],
      bisectOnError: false,
      maxRetries: -1,
      maxRecordAgeSeconds: -1,
      onFailureQueueArn: undefined,
    },
  ]);
  expect(tables[0]?.definition.TableName).toBe('Test-Table');
});

test('an API becomes routes with their integrations', async () => {
  const { apis } = await model({
    Work: aFunction('work'),
    ...anApi({
      '/': { ANY: { function: 'Work' } },
      '/v2/events': { GET: { function: 'Work', stream: true, timeoutMs: 900_000 } },
      '/{proxy+}': { ANY: { function: 'Work' } },
    }),
  });
  expect(apis).toMatchObject([
    {
      id: 'Api',
      stage: 'marathon',
      binaryMediaTypes: ['*/*'],
      minimumCompressionSize: 512,
      gatewayResponses: [],
      routes: [
        { resourcePath: '/', methods: { ANY: { functionName: 'Test-Work', timeoutMs: 29_000, streaming: false } } },
        {
          resourcePath: '/v2/events',
          methods: { GET: { functionName: 'Test-Work', timeoutMs: 900_000, streaming: true } },
        },
        {
          resourcePath: '/{proxy+}',
          methods: { ANY: { functionName: 'Test-Work', timeoutMs: 29_000, streaming: false } },
        },
      ],
    },
  ]);
});

const work = { Work: aFunction('work') };

test.each<[string, Parameters<typeof anAssembly>[0], string]>([
  [
    'an unknown type',
    { Topic: { Type: 'AWS::SNS::Topic' } },
    'resource Topic (AWS::SNS::Topic): the local cloud does not execute this resource type',
  ],
  [
    'an unknown property',
    { Q: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } },
    'resource Q (AWS::SQS::Queue), property FifoQueue: the local cloud does not support it',
  ],
  [
    'an unknown inner property',
    { R: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'a', Arn: 'b', InputPath: '$' }] } } },
    'resource R (AWS::Events::Rule), property Targets[].InputPath: ',
  ],
  [
    'a condition',
    { Q: { Type: 'AWS::SQS::Queue', Condition: 'Maybe' } as { Type: string } },
    'does not support conditions (Maybe)',
  ],
  [
    'a value out of range',
    { Q: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 901 } } },
    'resource Q (AWS::SQS::Queue), property DelaySeconds: the local cloud cannot execute its value',
  ],
  ['another runtime', { Work: aFunction('work', { Runtime: 'python3.13' }) }, 'property Runtime: '],
  [
    'a bundle that is not there',
    { Work: aFunction('gone') },
    'property Code.S3Key: no asset of the assembly is called gone.zip',
  ],
  [
    'a custom authorizer',
    { ...work, ...anApi({}), M: { Type: 'AWS::ApiGateway::Method', Properties: { AuthorizerId: 'x' } } },
    'resource M (AWS::ApiGateway::Method), property AuthorizerId: ',
  ],
  [
    'a buffered answer that may take longer than 29 seconds',
    { ...work, ...anApi({ '/': { ANY: { function: 'Work', timeoutMs: 29_001 } } }) },
    'property Integration.TimeoutInMillis: 29001: API Gateway takes 50 to 29000 ms for an answer that is not streamed',
  ],
  [
    'a mapping to an unknown source',
    { ...work, S: source('Work') },
    'is neither a queue nor a stream of this template',
  ],
  [
    'a batch without a window',
    { ...work, Q: { Type: 'AWS::SQS::Queue' }, S: source('Q', { BatchSize: 11 }) },
    'AWS refuses more than 10 without MaximumBatchingWindowInSeconds',
  ],
  [
    'a stream without a position',
    { ...work, T: TABLE, S: source('T', { EventSourceArn: { 'Fn::GetAtt': ['T', 'StreamArn'] } }) },
    'property StartingPosition: ',
  ],
  [
    'an API with two stages',
    {
      ...work,
      ...anApi({}),
      Two: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: 'Api', StageName: 'b' } },
    },
    'it has 2 stages',
  ],
  [
    'a table property',
    { T: { Type: 'AWS::DynamoDB::Table', Properties: { ...TABLE.Properties, KinesisStreamSpecification: {} } } },
    'property KinesisStreamSpecification: ',
  ],
  [
    'names in a circle',
    {
      A: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['B', 'QueueName'] } } },
      B: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['A', 'QueueName'] } } },
    },
    'its name refers to itself',
  ],
])('%s stops the start', async (_name, resources, problem) => {
  await expect(model(resources)).rejects.toThrow(problem);
  await expect(model(resources)).rejects.toThrow('Test.template.json: ');
});

test('a visibility time-out below the function’s time-out is refused as by AWS, naming both', async () => {
  const resources = {
    Work: aFunction('work', { Timeout: 60 }),
    Jobs: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 59 } },
    FromQueue: source('Jobs'),
  };
  await expect(model(resources)).rejects.toThrow(
    'Queue visibility timeout: 59 seconds (Jobs) is less than Function timeout: 60 seconds (Work)',
  );
});

test('an assembly that cannot be read says what to run', async () => {
  const empty = await aDirectory();
  await expect(readAssembly(empty)).rejects.toThrow(/manifest\.json cannot be read: run `npm run synth`/);
  await writeFile(join(empty, 'manifest.json'), 'nonsense');
  await expect(readAssembly(empty)).rejects.toThrow(/manifest\.json is not JSON/);
  await writeFile(join(empty, 'manifest.json'), '{"artifacts":{}}');
  await expect(readAssembly(empty)).rejects.toThrow('holds 0 stacks');
});
