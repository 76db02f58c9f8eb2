import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from '../../../localstack/cloud/local-cloud.ts';
import { aFunction, anApi, anAssembly, type CleanUp } from '../template/an-assembly.ts';

/**
 * One bundle for all functions of a small stack: what reaches a function is noted in its table as `seen#<what>`, and the
 * API reads the notes, puts jobs, wakes, and lists the cluster's agents; all through the SDK, as it finds the services.
 */
const SOURCE = `
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ECSClient, ListContainerInstancesCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
const TableName = process.env.TABLE;
const table = new DynamoDBClient({});
const note = (what, detail) => table.send(new PutItemCommand({ TableName, Item: { pk: { S: 'seen#' + what }, detail: { S: JSON.stringify(detail) } } }));
const answer = (body, statusCode = 200) => ({ statusCode, body: JSON.stringify(body) });
export const api = async (event) => {
  const body = event.body === null ? undefined : Buffer.from(event.body, 'base64').toString();
  switch (event.httpMethod + ' ' + event.path) {
    case 'GET /ping': return { statusCode: 200, body: 'pong' };
    case 'GET /greeting': return answer(process.env.GREETING);
    case 'GET /agents': return answer((await new ECSClient({}).send(new ListContainerInstancesCommand({ cluster: process.env.CLUSTER }))).containerInstanceArns);
    case 'GET /seen': {
      const { Items = [] } = await table.send(new ScanCommand({ TableName }));
      return answer(Object.fromEntries(Items.filter((item) => item.detail).map((item) => [item.pk.S, JSON.parse(item.detail.S)])));
    }
    case 'POST /jobs': await table.send(new PutItemCommand({ TableName, Item: { pk: { S: 'job#' + body }, kind: { S: 'job' } } })); return answer({}, 201);
    case 'POST /wake': return answer(await new EventBridgeClient({}).send(new PutEventsCommand({ Entries: [{ Source: 'test', DetailType: 'wake', Detail: body, EventBusName: process.env.BUS }] })));
  }
  return answer({ message: 'no such route: ' + event.path }, 404);
};
export const fromStream = async ({ Records }) => { for (const record of Records) await note('stream ' + record.dynamodb.NewImage.pk.S, record.eventName); };
export const fromQueue = async ({ Records }) => { for (const record of Records) await note('queue ' + JSON.parse(record.body).detail.n, JSON.parse(record.body)['detail-type']); };
export const tick = async (event) => note('tick ' + event['detail-type'], event.detail);
`;

let bundled: Promise<string> | undefined;

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: SOURCE, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

interface StackChange {
  /** In the environment of its functions. */
  readonly greeting?: string;
  /** Source of the events that go to the queue. */
  readonly source?: string;
  /** Of the queue. */
  readonly visibilitySeconds?: number;
}

/** A stack with everything the local cloud executes. */
export function aStack(change: StackChange = {}): Parameters<typeof anAssembly>[0] {
  const { greeting = 'hello', source = 'aws.test', visibilitySeconds = 2 } = change;
  const Environment = {
    Variables: { TABLE: { Ref: 'State' }, BUS: { Ref: 'Bus' }, CLUSTER: { Ref: 'Cluster' }, GREETING: greeting },
  };
  const work = (name: string) => aFunction('all', { Handler: `index.${name}`, Timeout: 2, Environment });
  return {
    Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'test' } },
    State: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      },
    },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    Events: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'events',
        RedrivePolicy: { deadLetterTargetArn: arn('Dead'), maxReceiveCount: 1 },
        VisibilityTimeout: visibilitySeconds,
      },
    },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'test' } },
    Api1: work('api'),
    FromStream: work('fromStream'),
    FromQueue: work('fromQueue'),
    Tick: work('tick'),
    StreamSource: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'FromStream' },
        EventSourceArn: { 'Fn::GetAtt': ['State', 'StreamArn'] },
        StartingPosition: 'TRIM_HORIZON',
        FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"kind":{"S":["job"]}}}}' }] },
      },
    },
    QueueSource: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'FromQueue' }, EventSourceArn: arn('Events') },
    },
    EventsRule: {
      Type: 'AWS::Events::Rule',
      Properties: { EventPattern: { source: [source] }, Targets: [{ Id: 'Queue', Arn: arn('Events') }] },
    },
    WakeRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        EventPattern: { 'detail-type': ['wake'] },
        Targets: [{ Id: 'Tick', Arn: arn('Tick') }],
      },
    },
    EachMinute: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'rate(1 minute)', Targets: [{ Id: 'Tick', Arn: arn('Tick') }] },
    },
    ...anApi({ '/': { ANY: { function: 'Api1' } }, '/{proxy+}': { ANY: { function: 'Api1' } } }),
  };
}

/** Writes the stack's assembly into a temporary directory. */
export async function aStackAssembly(resources = aStack(), cleanUp?: CleanUp): Promise<string> {
  bundled ??= bundle();
  return await anAssembly(resources, { all: await bundled }, cleanUp);
}

/** Starts a local cloud of simulated tasks with one agent on any port. */
export async function aLocalCloud(
  options: Partial<LocalCloudOptions> & Pick<LocalCloudOptions, 'dataDirectory' | 'assembly'>,
): Promise<LocalCloud> {
  return await startLocalCloud({ port: 0, ephemeral: false, agents: 1, runtime: 'simulated', ...options });
}
