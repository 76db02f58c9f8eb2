/** Runs the local DynamoDB on a directory and writes to it until it is killed; prints `<sort key> <n>` after each answer. */
import { createDynamoStore } from '../../../lib/aws/dynamodb/dynamo-store.ts';
import { clientOf, startStateTable } from '../../gateway/local-state-table.ts';

const [directory = ''] = process.argv.slice(2);
const db = await startStateTable({ directory });
const store = createDynamoStore({ client: clientOf(db), table: 'state' });

async function write(writer: number): Promise<never> {
  for (let turn = 0; ; turn += 1) {
    const sk = `${writer}/${turn % 3}`;
    const item = await store.update({ pk: 'p', sk }, { add: { n: 1 } });
    process.stdout.write(`${sk} ${item?.['n']}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
