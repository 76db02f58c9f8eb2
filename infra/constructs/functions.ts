import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { EventInvokeConfig, EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StrideConfig } from '../config.ts';
import { deadLetterQueue, type EventRoutes } from './event-routes.ts';
import { ProbeNetwork } from './probe-network.ts';
import { readAndWriteItems, readItems, type StateTables } from './state-tables.ts';
import { type Permission, StrideFunction } from './stride-function.ts';

const sendEvents = ({ bus }: EventRoutes): Permission => ({
  actions: ['events:PutEvents'],
  resources: [bus.eventBusArn],
});

/** As long as Lambda and API Gateway let a stream live. */
export const STREAM_TIMEOUT = Duration.minutes(15);
/** As long as Lambda lets a function run. */
const LONGEST_RUN = Duration.minutes(15);
/** A list of 200 MB, the most that a function streams, takes about 100 seconds at API Gateway's 2 MB a second. */
export const LISTS_TIMEOUT = Duration.minutes(3);
/** API Gateway gives up on a buffered answer then. */
const API_TIMEOUT = Duration.seconds(29);

export interface StrideFunctionsProps {
  readonly config: StrideConfig;
  readonly cluster: CfnCluster;
  readonly tables: StateTables;
  readonly routes: EventRoutes;
  /** What tasks print. */
  readonly taskLogs: LogGroup;
}

/** The seven functions, what feeds them and what each may do. */
export class StrideFunctions extends Construct {
  readonly api: StrideFunction;
  readonly lists: StrideFunction;
  readonly stream: StrideFunction;
  readonly tick: StrideFunction;
  readonly health: StrideFunction;
  private readonly props: StrideFunctionsProps;

  constructor(scope: Construct, id: string, props: StrideFunctionsProps) {
    super(scope, id);
    this.props = props;
    const { config, tables, taskLogs } = props;
    this.api = this.add('Api', 'functions/api/lambda.ts', "Marathon's API", config.apiMemoryMiB, API_TIMEOUT, ['web']);
    this.api.allow(readAndWriteItems(tables.state));
    this.api.allow({ actions: ['logs:GetLogEvents'], resources: [taskLogs.logGroupArn] });
    this.lists = this.add(
      'Lists',
      'functions/api/streamed/lambda.ts',
      "Marathon's API where answers may be of any size",
      config.apiMemoryMiB,
      LISTS_TIMEOUT,
    );
    this.lists.allow(readItems(tables.state));
    this.stream = this.add(
      'Stream',
      'functions/events/stream/lambda.ts',
      'GET /v2/events: server-sent events from the event log',
      config.streamMemoryMiB,
      STREAM_TIMEOUT,
    );
    this.stream.allow(readItems(tables.state));
    this.stream.allow(readAndWriteItems(tables.events));
    this.addIngest();
    this.addPublish();
    this.tick = this.addTick();
    this.health = this.addHealth();
  }

  /** ECS events from the queue to instance and agent facts. */
  private addIngest(): void {
    const { config, routes, tables } = this.props;
    const ingest = this.add(
      'Ingest',
      'functions/events/ingest/lambda.ts',
      'ECS events to facts of instances and agents',
      config.ingestMemoryMiB,
      Duration.seconds(config.ingestTimeoutSeconds),
    );
    ingest.allow(readAndWriteItems(tables.state));
    ingest.function.addEventSource(
      new SqsEventSource(routes.queue, {
        batchSize: config.ingestBatchSize,
        maxConcurrency: config.ingestMaxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
  }

  /** What writers left in `outbox`, from the table's stream to the event log, the bus and the tick. */
  private addPublish(): void {
    const { config, routes, tables } = this.props;
    const publish = this.add(
      'Publish',
      'functions/events/publish/lambda.ts',
      'Outboxes of the state table to the event log and the bus',
      config.publishMemoryMiB,
      Duration.seconds(60),
    );
    publish.allow(readAndWriteItems(tables.state));
    publish.allow(readAndWriteItems(tables.events));
    publish.allow(sendEvents(routes));
    publish.allow({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [tables.stream],
    });
    publish.allow({ actions: ['dynamodb:ListStreams'], resources: ['*'] });
    new EventSourceMapping(this, 'Outboxes', {
      target: publish.function,
      eventSourceArn: tables.stream,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: config.publishBatchSize,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: config.publishMaxRetries,
      filters: [{ pattern: JSON.stringify({ dynamodb: { NewImage: { outbox: { S: [{ exists: true }] } } } }) }],
      onFailure: new SqsDlq(deadLetterQueue(this, 'Unpublished')),
    });
  }

  /** The one caller of ECS. An asynchronous run that fails is not repeated: the next minute brings another. */
  private addTick(): StrideFunction {
    const { config, routes, tables } = this.props;
    const tick = this.add(
      'Tick',
      'functions/scheduler-tick/lambda.ts',
      'Looks at what is wanted and what is, places, starts and stops',
      config.tickMemoryMiB,
      Duration.seconds(config.tickTimeoutSeconds),
    );
    tick.allow(readAndWriteItems(tables.state));
    tick.allow(sendEvents(routes));
    for (const permission of this.clusterPermissions()) tick.allow(permission);
    new EventInvokeConfig(this, 'TickInvocation', {
      function: tick.function,
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
    });
    return tick;
  }

  /** Asks tasks for their health until another goes on; the tick starts it when nobody does. */
  private addHealth(): StrideFunction {
    const { config, tables } = this.props;
    const health = this.add(
      'Health',
      'functions/health/lambda.ts',
      'Asks tasks for their health, and stores what changes',
      config.healthMemoryMiB,
      LONGEST_RUN,
    );
    health.allow(readAndWriteItems(tables.state));
    new ProbeNetwork(this, 'ProbeNetwork', { config, prober: health });
    new EventInvokeConfig(this, 'HealthInvocation', {
      function: health.function,
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
    });
    return health;
  }

  /** ECS by cluster where ECS can tell (aws.md §6); `stride-` begins the family of every task definition of ours. */
  private clusterPermissions(): Permission[] {
    const { cluster, config } = this.props;
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ecs', resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
    const inCluster = { ArnEquals: { 'ecs:cluster': cluster.attrArn } };
    const ours = (kind: string) => arn(kind, `${config.cluster}/*`);
    return [
      { actions: ['ecs:StartTask'], resources: [arn('task-definition', 'stride-*:*')], conditions: inCluster },
      { actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: [ours('task')], conditions: inCluster },
      { actions: ['ecs:DescribeContainerInstances'], resources: [ours('container-instance')], conditions: inCluster },
      { actions: ['ecs:ListContainerInstances'], resources: [cluster.attrArn] },
      { actions: ['ecs:ListTasks'], resources: ['*'], conditions: inCluster },
      { actions: ['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'], resources: ['*'] },
      { actions: ['ec2:DescribeInstances'], resources: ['*'] },
      ...(config.taskRoleArns.length === 0
        ? []
        : [
            {
              actions: ['iam:PassRole'],
              resources: config.taskRoleArns,
              conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
            },
          ]),
    ];
  }

  private add(
    id: string,
    entry: string,
    description: string,
    memoryMiB: number,
    timeout: Duration,
    folders: readonly string[] = [],
  ): StrideFunction {
    const { config } = this.props;
    return new StrideFunction(this, id, {
      entry,
      folders,
      description,
      memoryMiB,
      timeout,
      environment: this.environment(),
      logRetentionDays: config.logRetentionDays,
    });
  }

  /** What every function is told: where things are, and `SchedulerConfig`. */
  private environment(): Record<string, string> {
    const { config, cluster, routes, tables, taskLogs } = this.props;
    return {
      STRIDE_SCHEDULER: config.scheduler,
      STRIDE_CLUSTER: cluster.ref,
      STRIDE_STATE_TABLE: tables.state.tableName,
      STRIDE_EVENTS_TABLE: tables.events.tableName,
      STRIDE_BUS: routes.bus.eventBusName,
      STRIDE_DEFAULT_IMAGE: config.defaultImage,
      STRIDE_ENV_VARS_PREFIX: config.envVarsPrefix,
      STRIDE_SERVICE_PORT_MIN: String(config.servicePortMin),
      STRIDE_SERVICE_PORT_MAX: String(config.servicePortMax),
      STRIDE_AGENT_TIMEOUT_SECONDS: String(config.agentTimeoutSeconds),
      STRIDE_AGENT_ROLES: config.agentRoles.join(','),
      STRIDE_ALLOWED_ORIGINS: config.accessControlAllowOrigin.join(','),
      STRIDE_MAX_RUNNING_DEPLOYMENTS: String(config.maxRunningDeployments),
      STRIDE_DEPLOYMENT_DEADLINE: config.deploymentDeadline,
      STRIDE_PLACEMENT_RANKING: config.placementRanking,
      STRIDE_ECS_CALL_BURST: String(config.ecsCallBurst),
      STRIDE_ECS_CALLS_PER_SECOND: String(config.ecsCallsPerSecond),
      STRIDE_MAX_VERSIONS: String(config.maxVersions),
      STRIDE_HEALTH_SHARDS: String(config.healthShards),
      STRIDE_TASK_LOG_GROUP: taskLogs.logGroupName,
      STRIDE_TASK_LOG_RETENTION_DAYS: String(config.taskLogRetentionDays),
      ...Object.fromEntries(config.endpoints.map(toEndpointVariable)),
    };
  }
}

/** `ecs=http://127.0.0.1:4566` as the variable by which the SDK finds the service. */
function toEndpointVariable(endpoint: string): readonly [string, string] {
  const at = endpoint.indexOf('=');
  return [`AWS_ENDPOINT_URL_${endpoint.slice(0, at).toUpperCase()}`, endpoint.slice(at + 1)];
}
