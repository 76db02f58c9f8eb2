import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamoDb, type DynamoDbOptions, startDynamoDb } from '../../localstack/dynamodb/dynamodb.ts';

/** The state table as the template has it. */
export const stateTable = {
  TableName: 'state',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
} as const;

/** The local DynamoDB with the state table, in memory unless a directory is given. */
export function startStateTable(options: Partial<DynamoDbOptions> = {}): Promise<DynamoDb> {
  return startDynamoDb({ tables: [stateTable], region: 'local', account: '000000000000', ...options });
}

export function clientOf({ url }: { readonly url: string }, accessKeyId = 'AKIDTEST'): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: url,
    maxAttempts: 3,
    region: 'local',
    credentials: { accessKeyId, secretAccessKey: 'not verified' },
  });
}
