import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Store } from '../../gateways/store.ts';
import { createDynamoStore } from './dynamo-store.ts';

/** The store gateway on a table, with a client made from the environment. */
export function connectStore(table: string): Store {
  return createDynamoStore({ client: new DynamoDBClient({}), table });
}
