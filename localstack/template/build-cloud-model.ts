import { parseTableDefinition } from '../dynamodb/table-definition.ts';
import { buildApis } from './build-apis.ts';
import type {
  AsynchronousModel,
  CloudModel,
  FunctionModel,
  QueueModel,
  QueueSourceModel,
  RuleModel,
  StreamSourceModel,
  TableModel,
} from './cloud-model.ts';
import { type ExecutableResource, type ExecutableTemplate, readExecutable } from './executable-template.ts';
import type { LocalNames } from './local-names.ts';
import { EVENT_INVOKE_CONFIG, EVENT_SOURCE_MAPPING, FUNCTION, QUEUE, RULE } from './property-schemas.ts';
import type { Assembly } from './read-assembly.ts';

/**
 * The assembly's stack as the local cloud runs it.
 * Throws `TemplateError` for everything that it cannot execute, before anything is started.
 */
export function buildCloudModel(assembly: Assembly): CloudModel {
  const template = readExecutable(assembly);
  const queues = template.ofType('AWS::SQS::Queue').map((resource) => buildQueue(resource, template.names));
  const functions = template
    .ofType('AWS::Lambda::Function')
    .map((resource) => buildFunction(resource, template, assembly));
  const tables = template.ofType('AWS::DynamoDB::Table').map((resource) => buildTable(resource, template.names));
  const named = (type: string) =>
    template.ofType(type).map(({ logicalId }) => ({
      name: template.names.name(logicalId),
      arn: template.names.arn(logicalId),
    }));
  return {
    stackName: assembly.stackName,
    file: assembly.file,
    functions,
    queues,
    tables,
    ...buildSources(template, functions, queues, tables),
    buses: named('AWS::Events::EventBus'),
    clusters: named('AWS::ECS::Cluster'),
    logGroups: named('AWS::Logs::LogGroup').map(({ name }) => name),
    rules: template.ofType('AWS::Events::Rule').map((resource) => buildRule(resource, template.names)),
    apis: buildApis(template, functions),
  };
}

function buildFunction(resource: ExecutableResource, template: ExecutableTemplate, assembly: Assembly): FunctionModel {
  const properties = resource.parse(FUNCTION);
  const directory = assembly.assets.get(properties.Code.S3Key);
  if (directory === undefined) {
    throw resource.error('Code.S3Key', `no asset of the assembly is called ${properties.Code.S3Key}`);
  }
  const name = template.names.name(resource.logicalId);
  return {
    logicalId: resource.logicalId,
    name,
    arn: template.names.arn(resource.logicalId),
    directory,
    handler: properties.Handler,
    environment: properties.Environment.Variables,
    timeoutSeconds: properties.Timeout,
    memoryMb: properties.MemorySize,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
    asynchronous: asynchronousOf(name, template),
  };
}

function asynchronousOf(functionName: string, template: ExecutableTemplate): AsynchronousModel {
  const config = template
    .ofType('AWS::Lambda::EventInvokeConfig')
    .map((resource) => resource.parse(EVENT_INVOKE_CONFIG))
    .find((candidate) => shortFunctionName(candidate.FunctionName) === functionName);
  return {
    retries: config?.MaximumRetryAttempts ?? 2,
    maxAgeSeconds: config?.MaximumEventAgeInSeconds ?? 21_600,
    onFailureQueueArn: config?.DestinationConfig?.OnFailure?.Destination,
  };
}

/** A function is named by its name or its ARN. */
function shortFunctionName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1);
}

function buildQueue(resource: ExecutableResource, names: LocalNames): QueueModel {
  const properties = resource.parse(QUEUE);
  const redrive = properties.RedrivePolicy;
  return {
    logicalId: resource.logicalId,
    name: names.name(resource.logicalId),
    arn: names.arn(resource.logicalId),
    visibilityTimeoutSeconds: properties.VisibilityTimeout,
    delaySeconds: properties.DelaySeconds,
    retentionSeconds: properties.MessageRetentionPeriod,
    maxMessageBytes: properties.MaximumMessageSize,
    redrive: redrive && { targetArn: redrive.deadLetterTargetArn, maxReceiveCount: redrive.maxReceiveCount },
  };
}

function buildTable(resource: ExecutableResource, names: LocalNames): TableModel {
  const properties = { ...resource.properties, TableName: names.name(resource.logicalId) };
  try {
    return {
      arn: names.arn(resource.logicalId),
      streamArn: names.attribute(resource.logicalId, 'StreamArn') ?? '',
      definition: parseTableDefinition(properties),
    };
  } catch (error) {
    throw resource.error('', error instanceof Error ? error.message : String(error));
  }
}

function buildRule(resource: ExecutableResource, names: LocalNames): RuleModel {
  const properties = resource.parse(RULE);
  return {
    logicalId: resource.logicalId,
    name: names.name(resource.logicalId),
    arn: names.arn(resource.logicalId),
    bus: properties.EventBusName,
    enabled: properties.State === 'ENABLED',
    pattern: properties.EventPattern,
    schedule: properties.ScheduleExpression,
    targets: properties.Targets.map(({ Id, Arn, Input }) => ({ id: Id, arn: Arn, input: Input })),
  };
}

function buildSources(
  template: ExecutableTemplate,
  functions: readonly FunctionModel[],
  queues: readonly QueueModel[],
  tables: readonly TableModel[],
): { readonly queueSources: readonly QueueSourceModel[]; readonly streamSources: readonly StreamSourceModel[] } {
  const queueSources: QueueSourceModel[] = [];
  const streamSources: StreamSourceModel[] = [];
  for (const resource of template.ofType('AWS::Lambda::EventSourceMapping')) {
    const { EventSourceArn, FunctionName } = resource.parse(EVENT_SOURCE_MAPPING);
    const target = functions.find(({ name }) => name === shortFunctionName(FunctionName));
    if (target === undefined) throw resource.error('FunctionName', `no function is called ${FunctionName}`);
    const queue = queues.find(({ arn }) => arn === EventSourceArn);
    const table = tables.find(({ streamArn }) => streamArn === EventSourceArn);
    if (queue !== undefined) queueSources.push(buildQueueSource(resource, target, queue));
    else if (table !== undefined) streamSources.push(buildStreamSource(resource, target, table));
    else throw resource.error('EventSourceArn', `${EventSourceArn} is neither a queue nor a stream of this template`);
  }
  return { queueSources, streamSources };
}

function buildQueueSource(resource: ExecutableResource, target: FunctionModel, queue: QueueModel): QueueSourceModel {
  const properties = resource.parse(EVENT_SOURCE_MAPPING);
  if (queue.visibilityTimeoutSeconds < target.timeoutSeconds) {
    throw resource.error(
      'EventSourceArn',
      `Queue visibility timeout: ${queue.visibilityTimeoutSeconds} seconds (${queue.logicalId}) is less than Function ` +
        `timeout: ${target.timeoutSeconds} seconds (${target.logicalId}). AWS refuses this mapping: raise ` +
        `VisibilityTimeout of ${queue.logicalId}, or lower Timeout of ${target.logicalId}`,
    );
  }
  const batchSize = properties.BatchSize ?? 10;
  if (batchSize > 10 && properties.MaximumBatchingWindowInSeconds === 0) {
    throw resource.error('BatchSize', 'AWS refuses more than 10 without MaximumBatchingWindowInSeconds of at least 1');
  }
  if (properties.FilterCriteria.Filters.length > 0) {
    throw resource.error('FilterCriteria', 'the local cloud filters streams, not queues: filter in the rule instead');
  }
  return {
    ...common(resource, target),
    batchSize,
    maxConcurrency: properties.ScalingConfig?.MaximumConcurrency,
  };
}

function buildStreamSource(resource: ExecutableResource, target: FunctionModel, table: TableModel): StreamSourceModel {
  const properties = resource.parse(EVENT_SOURCE_MAPPING);
  if (table.definition.StreamSpecification === undefined) {
    throw resource.error('EventSourceArn', `table ${table.definition.TableName} has no StreamSpecification`);
  }
  if (properties.StartingPosition === undefined) {
    throw resource.error('StartingPosition', 'a stream needs one: TRIM_HORIZON or LATEST');
  }
  return {
    ...common(resource, target),
    batchSize: properties.BatchSize ?? 100,
    startingPosition: properties.StartingPosition,
    filters: properties.FilterCriteria.Filters.map(({ Pattern }) => Pattern),
    bisectOnError: properties.BisectBatchOnFunctionError,
    maxRetries: properties.MaximumRetryAttempts,
    maxRecordAgeSeconds: properties.MaximumRecordAgeInSeconds,
    onFailureQueueArn: properties.DestinationConfig?.OnFailure?.Destination,
  };
}

function common(resource: ExecutableResource, target: FunctionModel) {
  const properties = resource.parse(EVENT_SOURCE_MAPPING);
  return {
    logicalId: resource.logicalId,
    functionName: target.name,
    sourceArn: properties.EventSourceArn,
    enabled: properties.Enabled,
    batchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
    reportBatchItemFailures: properties.FunctionResponseTypes.length > 0,
  };
}
