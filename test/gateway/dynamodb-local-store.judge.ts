import {
  CreateTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { toChangeRecord } from '../../lib/aws/dynamodb/change-record.ts';
import { createDynamoStore } from '../../lib/aws/dynamodb/dynamo-store.ts';
import type { ChangeRecord } from '../../lib/gateways/store.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import { createStreamReader } from './dynamodb-local-stream.ts';
import { clientOf, stateTable } from './local-state-table.ts';
import { describeStore } from './store-suite.ts';

/** The state table as the template has it; its stream's ARN. */
async function createStateTable(client: DynamoDBClient): Promise<string> {
  const { TimeToLiveSpecification, StreamSpecification, ...table } = stateTable;
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      ...table,
      KeySchema: [...table.KeySchema],
      AttributeDefinitions: [...table.AttributeDefinitions],
      StreamSpecification: { ...StreamSpecification, StreamEnabled: true },
    }),
  );
  await waitUntilTableExists(
    { client, minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
    { TableName: stateTable.TableName },
  );
  await client.send(new UpdateTimeToLiveCommand({ TableName: stateTable.TableName, TimeToLiveSpecification }));
  const arn = TableDescription?.LatestStreamArn;
  if (arn === undefined) throw new Error('DynamoDB Local made the table without a stream');
  return arn;
}

describeStore(
  'DynamoDB store on DynamoDB Local',
  async () => {
    await using cleanUp = new AsyncDisposableStack();
    const db = await startDynamoDbLocal();
    cleanUp.defer(db.stop);
    const client = clientOf(db);
    cleanUp.defer(() => client.destroy());
    const streams = new DynamoDBStreamsClient({
      endpoint: db.url,
      region: 'local',
      credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'not verified' },
    });
    cleanUp.defer(() => streams.destroy());
    const reader = createStreamReader(streams, await createStateTable(client));
    const records: ChangeRecord[] = [];
    const open = cleanUp.move();
    return {
      store: createDynamoStore({ client, table: stateTable.TableName }),
      changes: async () => {
        records.push(...(await reader.read()).map(toChangeRecord));
        return records;
      },
      // It does so by itself, within ten seconds while there are few items.
      expire: async () => undefined,
      close: () => open.disposeAsync(),
    };
  },
  { runs: 40 },
);
