import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentSpec } from '../agents/agent-spec.ts';
import { type SandboxWatch, watchSandboxes } from '../control/sandbox-watch.ts';
import { type DynamoDb, startDynamoDb } from '../dynamodb/dynamodb.ts';
import { SERVED } from '../dynamodb/http-front.ts';
import { openMachines } from '../ec2/machines.ts';
import { createEcs, type Ecs } from '../ecs/ecs.ts';
import { createAwsEndpoint } from '../endpoint/aws-endpoint.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';
import { createRequestLimits, type RequestLimits } from '../endpoint/request-limits.ts';
import { createEventBridge, type EventBridge } from '../event-bridge/event-bridge.ts';
import { createFaultDesk, type FaultDesk } from '../faults/fault-desk.ts';
import { createFaultTable, type FaultTable } from '../faults/fault-table.ts';
import { withFaults } from '../faults/faulty-service.ts';
import { withLogStreams } from '../logs/log-streams.ts';
import { createLogs } from '../logs/logs.ts';
import { openQueues, type QueueService } from '../queue/queue-service.ts';
import { createRuntime, type RuntimeName } from '../runtime/select-runtime.ts';
import type { CloudModel } from '../template/cloud-model.ts';
import { LocalCloudError } from './local-cloud-error.ts';

export interface ServicesOptions {
  readonly model: CloudModel;
  readonly dataDirectory: string;
  readonly ephemeral: boolean;
  readonly agents: readonly AgentSpec[];
  readonly runtime: RuntimeName;
  /** Hands an event to a function, by ARN. */
  readonly invoke: (functionArn: string, event: unknown) => void;
  /** Hears what goes wrong where nobody waits for an answer. */
  readonly onError: (error: unknown) => void;
}

/** The services that functions call and events go through. */
export interface Services {
  readonly queues: QueueService;
  readonly bridge: EventBridge;
  /** Created, not started: it speaks to the bus as soon as it starts. */
  readonly ecs: Ecs;
  readonly dynamo: DynamoDb;
  readonly faults: FaultDesk;
  readonly limits: RequestLimits;
  readonly sandboxes: SandboxWatch;
  /** Environment variables by which the SDK finds them. */
  readonly endpoints: Readonly<Record<string, string>>;
}

const TASK_GRACE_MS = 2_000;

/** Starts tables, queues, buses and the endpoint of the other services; `cleanUp` ends them. */
export async function startServices(options: ServicesOptions, cleanUp: AsyncDisposableStack): Promise<Services> {
  const { model, dataDirectory, ephemeral } = options;
  const queues = openQueues(model.queues, join(dataDirectory, 'queues.db'));
  cleanUp.defer(async () => queues.close());
  const faults = createFaultTable();
  const bridge = createBridge(options, queues, faults);
  const watched = watchSandboxes(createRuntime(options.runtime, { dataDir: dataDirectory }));
  const { sandboxes } = watched;
  const logged = withLogStreams(watched.runtime, { dataDir: dataDirectory, sandboxes });
  const ecs = createEcs({
    dataDir: dataDirectory,
    ephemeral,
    cluster: onlyCluster(model),
    agents: options.agents,
    runtime: logged.runtime,
    emit: bridge.emit,
  });
  const machines = openMachines({ agents: ecs.agents, dataDir: dataDirectory, ephemeral, emit: bridge.emit });
  cleanUp.defer(async () => machines.close());
  const logs = createLogs(model.logGroups, logged.streams);
  const served = [ecs.service, machines.ec2, machines.ebs, bridge.service, logs];
  const endpoint = createAwsEndpoint(served.map((service) => withFaults(service, faults)));
  cleanUp.defer(endpoint.close);
  const [endpointUrl, dynamo] = await Promise.all([endpoint.listen(), startTables(options, cleanUp)]);
  cleanUp.defer(() => ecs.stop(TASK_GRACE_MS));
  return {
    queues,
    bridge,
    ecs,
    dynamo,
    limits: createRequestLimits([ecs, machines]),
    sandboxes,
    faults: createFaultDesk(
      { services: [...served, { name: 'dynamodb', operations: SERVED }], functions: model.functions },
      new Map([['dynamodb', dynamo.faults]]),
      faults,
    ),
    endpoints: {
      // What is not served here answers an error: no call ever leaves for AWS.
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_ENDPOINT_URL_ECS: `${endpointUrl}/ecs`,
      AWS_ENDPOINT_URL_EC2: `${endpointUrl}/ec2`,
      AWS_ENDPOINT_URL_EBS: `${endpointUrl}/ebs`,
      AWS_ENDPOINT_URL_EVENTBRIDGE: `${endpointUrl}/events`,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: `${endpointUrl}/logs`,
    },
  };
}

function createBridge(
  { model, invoke, onError }: ServicesOptions,
  queues: QueueService,
  faults: FaultTable,
): EventBridge {
  return createEventBridge({
    deliveriesOf: faults.onEvent,
    file: model.file,
    buses: model.buses,
    rules: model.rules,
    isTarget: (arn) => queues.has(arn) || model.functions.some((each) => each.arn === arn),
    deliver(arn, event) {
      try {
        if (queues.has(arn)) queues.send(arn, JSON.stringify(event));
        else invoke(arn, event);
      } catch (error) {
        onError(error);
      }
    },
  });
}

async function startTables(
  { model, dataDirectory, ephemeral }: ServicesOptions,
  cleanUp: AsyncDisposableStack,
): Promise<DynamoDb> {
  const directory = join(dataDirectory, 'dynamodb');
  if (!ephemeral) await mkdir(directory, { recursive: true });
  const dynamo = await startDynamoDb({
    ...(ephemeral ? {} : { directory }),
    tables: model.tables.map(({ definition }) => definition),
    region: LOCAL_REGION,
    account: LOCAL_ACCOUNT,
  });
  cleanUp.defer(dynamo.close);
  return dynamo;
}

function onlyCluster({ clusters, file }: CloudModel): string {
  const [cluster] = clusters;
  if (cluster !== undefined && clusters.length === 1) return cluster.name;
  throw new LocalCloudError(`${file}: it has ${clusters.length} ECS clusters; the local agents join exactly one`);
}
