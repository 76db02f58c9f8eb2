import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { compareSortKeys } from '../../gateways/item-rules.ts';
import type { Item, Key, Page, QueryRange, Store } from '../../gateways/store.ts';
import { sendWrite } from './attempts.ts';
import { fromWireItem, toWireItem, toWireKey } from './attribute-codec.ts';
import { getItems } from './batch-get.ts';
import { toExpressions } from './expressions.ts';
import { toStoreError } from './outage.ts';

export interface DynamoStoreOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/**
 * A store on a DynamoDB table with text keys `pk` and `sk`. Reads are strongly consistent unless the query says otherwise.
 * What DynamoDB refuses (a key too long, an item above 400 KB) is thrown as the SDK's exception. How lost answers are
 * dealt with: see `sendWrite`.
 */
export function createDynamoStore({ client, table }: DynamoStoreOptions): Store {
  return {
    async get(key) {
      const command = new GetItemCommand({ TableName: table, Key: toWireKey(key), ConsistentRead: true });
      const { Item: found } = await client.send(command).catch(rethrow);
      return found === undefined ? undefined : fromWireItem(found);
    },

    getMany: (keys) => getItems(client, table, keys).catch(rethrow),

    query: (pk, range = {}) => queryPage(client, table, pk, range).catch(rethrow),

    async put(item, condition) {
      const input = { TableName: table, Item: toWireItem(item), ...toExpressions(condition) };
      const output = await sendWrite(true, (watch) => client.send(watch(new PutItemCommand(input))));
      return output !== undefined;
    },

    async update(key, changes, condition) {
      const expressions = toExpressions(condition, changes);
      const input = { TableName: table, Key: toWireKey(key), ...expressions, ReturnValues: 'ALL_NEW' } as const;
      const repeatable = Object.keys(changes.add ?? {}).length === 0;
      const output = await sendWrite(repeatable, (watch) => client.send(watch(new UpdateItemCommand(input))));
      if (output === undefined) return undefined;
      if (output.Attributes === undefined) throw new Error(`DynamoDB returned no attributes of ${key.pk} ${key.sk}`);
      return fromWireItem(output.Attributes);
    },

    async delete(key, condition) {
      const input = { TableName: table, Key: toWireKey(key), ...toExpressions(condition) };
      const output = await sendWrite(true, (watch) => client.send(watch(new DeleteItemCommand(input))));
      return output !== undefined;
    },
  };
}

function rethrow(error: unknown): never {
  throw toStoreError(error);
}

async function queryPage(client: DynamoDBClient, table: string, pk: string, range: QueryRange): Promise<Page> {
  const { prefix = '', limit, consistent = true } = range;
  const start = startOf(range);
  if (start === 'past') return { items: [] };
  const output = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: prefix === '' ? '#pk = :pk' : '#pk = :pk AND begins_with(#sk, :prefix)',
      ExpressionAttributeNames: { '#pk': 'pk', ...(prefix === '' ? {} : { '#sk': 'sk' }) },
      ExpressionAttributeValues: { ':pk': { S: pk }, ...(prefix === '' ? {} : { ':prefix': { S: prefix } }) },
      ConsistentRead: consistent,
      ...(start === 'first' ? {} : { ExclusiveStartKey: toWireKey({ pk, sk: start.after }) }),
      ...(limit === undefined ? {} : { Limit: limit }),
    }),
  );
  const items: readonly Item[] = (output.Items ?? []).map(fromWireItem);
  const next: Key | undefined = output.LastEvaluatedKey && fromWireItem(output.LastEvaluatedKey);
  return next === undefined ? { items } : { items, next: next.sk };
}

/** DynamoDB refuses a start key outside of the prefix: before it is its beginning, behind it there is nothing. */
function startOf({ prefix = '', after = '' }: QueryRange): 'first' | 'past' | { readonly after: string } {
  if (after === '') return 'first';
  if (after.startsWith(prefix)) return { after };
  return compareSortKeys(after, prefix) < 0 ? 'first' : 'past';
}
