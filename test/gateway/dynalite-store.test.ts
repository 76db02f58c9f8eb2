import { toChangeRecord } from '../../lib/aws/dynamodb/change-record.ts';
import { createDynamoStore } from '../../lib/aws/dynamodb/dynamo-store.ts';
import type { ChangeRecord } from '../../lib/gateways/store.ts';
import { clientOf, startStateTable } from './local-state-table.ts';
import { describeStore } from './store-suite.ts';

describeStore(
  'DynamoDB store on dynalite behind its shim',
  async () => {
    const db = await startStateTable();
    const client = clientOf(db);
    const stream = await db.openStream('state', 'suite', 'TRIM_HORIZON');
    const records: ChangeRecord[] = [];
    return {
      store: createDynamoStore({ client, table: 'state' }),
      changes: async () => {
        for (let batch = await stream.read(100); batch.length > 0; batch = await stream.read(100)) {
          records.push(...batch.map(toChangeRecord));
          await stream.checkpoint(batch.at(-1)?.dynamodb.SequenceNumber ?? '');
        }
        return records;
      },
      expire: async () => {
        await db.expireNow();
      },
      close: async () => {
        client.destroy();
        await db.close();
      },
    };
  },
  { runs: 40 },
);
