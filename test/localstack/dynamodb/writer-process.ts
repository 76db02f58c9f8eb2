/**
 * Runs the local DynamoDB on a directory, writes to it with eight writers, prints `<sort key> <n>` for each answer, and
 * kills itself the moment it has so many: the shortest time that a write can have between its answer and the end.
 */
import { writeSync } from 'node:fs';
import { createDynamoStore } from '../../../lib/aws/dynamodb/dynamo-store.ts';
import { clientOf, startStateTable } from '../../gateway/local-state-table.ts';

const [directory = '', limit = '1'] = process.argv.slice(2);
const db = await startStateTable({ directory });
const store = createDynamoStore({ client: clientOf(db), table: 'state' });
let answers = 0;

async function write(writer: number): Promise<never> {
  for (let turn = 0; ; turn += 1) {
    const sk = `${writer}/${turn % 3}`;
    const item = await store.update({ pk: 'p', sk }, { add: { n: 1 } });
    writeSync(1, `${sk} ${item?.['n']}\n`);
    answers += 1;
    if (answers === Number(limit)) process.kill(process.pid, 'SIGKILL');
  }
}

await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
