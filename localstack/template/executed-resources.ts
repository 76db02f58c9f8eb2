/**
 * What the local cloud executes of one resource type.
 * A property path names what is below objects with a dot and what is in lists with `[]`: `Targets[].Arn`.
 * A path stands for everything below it.
 */
export interface ExecutedResource {
  readonly type: string;
  /** Path → what it does here. */
  readonly executed: Readonly<Record<string, string>>;
  /** Path → why it has no effect on this machine. */
  readonly noEffect: Readonly<Record<string, string>>;
}

const TAGS = 'labels for bills and searches';
const PERMISSIONS =
  'there are no permissions on one machine: functions call with their own access key id, and nothing is refused';
const ENCRYPTED = 'data stay on this machine';

/** The resource types that the local cloud executes, with the properties it knows. Any other property stops the start. */
export const EXECUTED_RESOURCES: readonly ExecutedResource[] = [
  {
    type: 'AWS::Lambda::Function',
    executed: {
      FunctionName: 'name of the function and of its log file',
      'Code.S3Key': 'the bundle, read from the assembly',
      Handler: 'module and export that are called',
      'Environment.Variables': 'the environment of its worker threads, and nothing else of this process',
      Timeout: 'the worker is ended after it',
      MemorySize: 'told to the function; not enforced, since threads share one process',
      ReservedConcurrentExecutions: 'most invocations at a time; the others wait their turn',
      Runtime: 'nodejs24.x: the Node.js that runs the local cloud',
    },
    noEffect: {
      'Code.S3Bucket': 'bundles are read from the assembly',
      Architectures: 'the architecture of this machine is used',
      Description: 'for readers',
      Role: PERMISSIONS,
      LoggingConfig: 'output goes to logs/<function>.log in the data directory',
      TracingConfig: 'nothing is traced',
      VpcConfig: 'everything is on loopback',
      EphemeralStorage: 'the temporary directory of this machine is used',
      RecursiveLoop: 'the local cloud has no guard against loops',
      Tags: TAGS,
    },
  },
  {
    type: 'AWS::Lambda::EventInvokeConfig',
    executed: {
      FunctionName: 'the function',
      MaximumRetryAttempts: 'retries of an asynchronous invocation, after 1 and 2 seconds (AWS: 1 and 2 minutes)',
      MaximumEventAgeInSeconds: 'an older event is given up',
      'DestinationConfig.OnFailure.Destination': 'queue that receives what is given up',
    },
    noEffect: { Qualifier: 'functions have one version here, $LATEST' },
  },
  {
    type: 'AWS::Lambda::EventSourceMapping',
    executed: {
      FunctionName: 'the function',
      EventSourceArn: 'a queue or the stream of a table',
      BatchSize: 'most records in one invocation',
      MaximumBatchingWindowInSeconds: 'how long a batch is gathered',
      Enabled: 'false: nothing is read',
      FunctionResponseTypes: 'ReportBatchItemFailures',
      'ScalingConfig.MaximumConcurrency': 'most batches of the queue at a time',
      'FilterCriteria.Filters[].Pattern': 'records of the stream that do not match are skipped',
      StartingPosition: 'where a new mapping begins: TRIM_HORIZON or LATEST',
      BisectBatchOnFunctionError: 'a failed batch is halved',
      MaximumRetryAttempts: 'retries of a batch of the stream',
      MaximumRecordAgeInSeconds: 'older records of the stream are given up',
      'DestinationConfig.OnFailure.Destination': 'queue that receives the description of a batch that is given up',
    },
    noEffect: {
      ParallelizationFactor: 'a local stream has one shard, read in order by one invocation at a time',
      Tags: TAGS,
    },
  },
  {
    type: 'AWS::SQS::Queue',
    executed: {
      QueueName: 'name of the queue',
      VisibilityTimeout: 'how long a received message stays hidden',
      DelaySeconds: 'how long a new message stays hidden',
      MessageRetentionPeriod: 'older messages are dropped',
      MaximumMessageSize: 'larger messages are refused',
      'RedrivePolicy.deadLetterTargetArn': 'queue for messages received too often',
      'RedrivePolicy.maxReceiveCount': 'how often a message may be received',
    },
    noEffect: {
      ReceiveMessageWaitTimeSeconds: 'readers are woken by each message',
      RedriveAllowPolicy: PERMISSIONS,
      SqsManagedSseEnabled: ENCRYPTED,
      KmsMasterKeyId: ENCRYPTED,
      KmsDataKeyReusePeriodSeconds: ENCRYPTED,
      Tags: TAGS,
    },
  },
  {
    type: 'AWS::Events::EventBus',
    executed: { Name: 'name of the bus' },
    noEffect: { Description: 'for readers', KmsKeyIdentifier: ENCRYPTED, Tags: TAGS },
  },
  {
    type: 'AWS::Events::Rule',
    executed: {
      Name: 'name of the rule',
      EventBusName: 'the bus it listens on; the default bus without it',
      EventPattern: 'exact values, exists and prefix',
      ScheduleExpression: 'rate(…): first shortly after the start, then each period',
      State: 'DISABLED: nothing is sent',
      'Targets[].Id': 'name of the target',
      'Targets[].Arn': 'a function (invoked asynchronously) or a queue',
      'Targets[].Input': 'constant text sent in place of the event',
    },
    noEffect: {
      Description: 'for readers',
      'Targets[].RetryPolicy': 'handing over within one process does not fail',
      'Targets[].DeadLetterConfig': 'handing over within one process does not fail',
      'Targets[].RoleArn': PERMISSIONS,
    },
  },
  {
    type: 'AWS::DynamoDB::Table',
    executed: {
      TableName: 'name of the table',
      AttributeDefinitions: 'types of the key attributes',
      KeySchema: 'partition and sort key',
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: 'indexes: name, keys and projection',
      StreamSpecification: 'the stream, with its view type',
      TimeToLiveSpecification: 'items expire by this attribute',
    },
    noEffect: {
      SSESpecification: ENCRYPTED,
      Tags: TAGS,
      PointInTimeRecoverySpecification: 'there are no backups: copy the data directory',
      DeletionProtectionEnabled: 'tables are deleted with the data directory only',
      ContributorInsightsSpecification: 'nothing is measured',
      TableClass: 'nothing is billed',
    },
  },
  {
    type: 'AWS::ECS::Cluster',
    executed: { ClusterName: 'name of the cluster that the agents join' },
    noEffect: {
      ClusterSettings: 'nothing is measured',
      Configuration: 'there are no sessions into containers',
      CapacityProviders: 'agents are started by the local cloud',
      DefaultCapacityProviderStrategy: 'agents are started by the local cloud',
      Tags: TAGS,
    },
  },
  {
    type: 'AWS::Logs::LogGroup',
    executed: {
      LogGroupName:
        'name of the group: what tasks print comes from their sandboxes, by the awslogs driver they ask for',
    },
    noEffect: {
      RetentionInDays: 'output stays as long as its sandbox; that of functions is in logs/<function>.log',
      KmsKeyId: ENCRYPTED,
      Tags: TAGS,
    },
  },
  {
    type: 'AWS::ApiGateway::RestApi',
    executed: {
      Name: 'name of the API',
      BinaryMediaTypes: 'bodies of these types travel as base64',
      MinimumCompressionSize:
        'answers of this size and more are packed for clients that accept it; packed bodies are unpacked',
    },
    noEffect: {
      Description: 'for readers',
      EndpointConfiguration: 'the API listens on loopback',
      DisableExecuteApiEndpoint: 'the API listens on loopback',
      ApiKeySourceType: 'there are no API keys',
      Policy: PERMISSIONS,
      Tags: TAGS,
    },
  },
  {
    type: 'AWS::ApiGateway::Resource',
    executed: { ParentId: 'the resource above', PathPart: 'its part of the path', RestApiId: 'the API' },
    noEffect: {},
  },
  {
    type: 'AWS::ApiGateway::Method',
    executed: {
      RestApiId: 'the API',
      ResourceId: 'the resource',
      HttpMethod: 'the method, or ANY',
      AuthorizationType: 'NONE or AWS_IAM; signatures are not asked for on loopback',
      ApiKeyRequired: 'false',
      'Integration.Type': 'AWS_PROXY',
      'Integration.Uri': 'the function',
      'Integration.TimeoutInMillis': 'after it the client gets 504',
      'Integration.ResponseTransferMode': 'STREAM: the answer is passed on as it is written',
    },
    noEffect: {
      'Integration.IntegrationHttpMethod': 'functions are called within the process',
      OperationName: 'for readers',
      MethodResponses: 'a proxy integration answers what the function answers',
    },
  },
  {
    type: 'AWS::ApiGateway::Stage',
    executed: { RestApiId: 'the API', StageName: 'first part of the path; it may be left out here' },
    noEffect: {
      DeploymentId: 'the template as it stands is what is served',
      Description: 'for readers',
      TracingEnabled: 'nothing is traced',
      MethodSettings: 'nothing is measured, logged or throttled',
      AccessLogSetting: 'requests are not logged',
      Tags: TAGS,
    },
  },
  {
    type: 'AWS::ApiGateway::GatewayResponse',
    executed: {
      RestApiId: 'the API',
      ResponseType: "which of the gateway's own answers",
      StatusCode: 'its status',
      ResponseTemplates:
        'its body, with the variables $context.error.message, .messageString, .responseType and $context.requestId',
      ResponseParameters: "its headers, as constants: gatewayresponse.header.NAME = 'value'",
    },
    noEffect: {},
  },
];
