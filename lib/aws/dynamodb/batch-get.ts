import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Item, type Key, StoreUnavailable } from '../../gateways/store.ts';
import { fromWireItem, toWireKey } from './attribute-codec.ts';

/** BatchGetItem takes at most 100 keys. */
const CHUNK = 100;
const CHUNKS_AT_ONCE = 4;
/** Answers in a row that hold nothing, each after a pause twice as long, before the table counts as unavailable. */
const MAX_EMPTY_ANSWERS = 8;
const FIRST_PAUSE_MS = 25;

/** The items of these keys that exist, strongly consistent, in no particular order. A key given twice counts once. */
export async function getItems(client: DynamoDBClient, table: string, keys: readonly Key[]): Promise<readonly Item[]> {
  const unique = [...new Map(keys.map((key) => [JSON.stringify([key.pk, key.sk]), key])).values()];
  const chunks: Key[][] = [];
  for (let start = 0; start < unique.length; start += CHUNK) chunks.push(unique.slice(start, start + CHUNK));
  const items: Item[] = [];
  async function work(): Promise<void> {
    for (let chunk = chunks.pop(); chunk !== undefined; chunk = chunks.pop()) {
      items.push(...(await getChunk(client, table, chunk)));
    }
  }
  await Promise.all(Array.from({ length: CHUNKS_AT_ONCE }, work));
  return items;
}

/** Asks again for what the answer left out: for size at once, for lack of throughput after a pause. */
async function getChunk(client: DynamoDBClient, table: string, chunk: readonly Key[]): Promise<readonly Item[]> {
  const items: Item[] = [];
  let left: readonly Key[] = chunk;
  for (let emptyAnswers = 0; left.length > 0; ) {
    const request = { [table]: { Keys: left.map(toWireKey), ConsistentRead: true } };
    const output = await client.send(new BatchGetItemCommand({ RequestItems: request }));
    items.push(...(output.Responses?.[table] ?? []).map(fromWireItem));
    const unprocessed = (output.UnprocessedKeys?.[table]?.Keys ?? []).map(fromWireItem);
    emptyAnswers = unprocessed.length < left.length ? 0 : emptyAnswers + 1;
    if (emptyAnswers === MAX_EMPTY_ANSWERS)
      throw new StoreUnavailable(`${table} leaves ${left.length} keys unprocessed`);
    if (emptyAnswers > 0) await delay(Math.random() * FIRST_PAUSE_MS * 2 ** emptyAnswers);
    left = unprocessed;
  }
  return items;
}
