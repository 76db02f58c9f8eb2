import { isDeepStrictEqual } from 'node:util';
import type { DynaliteStore, WireTable } from 'dynalite/db/index.js';
import { runOperation } from './dynalite-operations.ts';
import type { ServedTable } from './logged-store.ts';
import type { StreamSource } from './stream-record.ts';
import type { TableDefinition } from './table-definition.ts';

export interface Place {
  readonly region: string;
  readonly account: string;
}

/** Makes the tables that are missing and returns all of them by name. Throws when one exists with other keys or indexes. */
export async function ensureTables(
  store: DynaliteStore,
  definitions: readonly TableDefinition[],
  place: Place,
): Promise<ReadonlyMap<string, ServedTable>> {
  store.tableDb.awsAccountId = place.account;
  store.tableDb.awsRegion = place.region;
  const tables = new Map<string, ServedTable>();
  for (const definition of definitions) {
    tables.set(definition.TableName, toServedTable(await ensureTable(store, definition), definition, place));
  }
  return tables;
}

async function ensureTable(store: DynaliteStore, definition: TableDefinition): Promise<WireTable> {
  let table = await readTable(store, definition.TableName);
  if (table !== undefined && table.TableStatus !== 'ACTIVE') {
    // The process died while it was made. Nothing can be in it yet, since writes start after this.
    await dropTable(store, definition.TableName);
    table = undefined;
  }
  if (table === undefined) return createTable(store, definition);
  if (!isDeepStrictEqual(shapeOf(table), shapeOf(definition))) {
    throw new Error(
      `table ${definition.TableName} exists in the data directory with other keys or indexes than the template has now: ` +
        'start with a new data directory',
    );
  }
  return table;
}

async function createTable(store: DynaliteStore, definition: TableDefinition): Promise<WireTable> {
  const { TableName, KeySchema, AttributeDefinitions, BillingMode, GlobalSecondaryIndexes } = definition;
  const indexes = GlobalSecondaryIndexes === undefined ? {} : { GlobalSecondaryIndexes };
  const input = structuredClone({ TableName, KeySchema, AttributeDefinitions, BillingMode, ...indexes });
  await runOperation('CreateTable', store, input);
  for (;;) {
    const table = await readTable(store, TableName);
    if (table?.TableStatus === 'ACTIVE') return table;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function readTable(store: DynaliteStore, name: string): Promise<WireTable | undefined> {
  return new Promise((resolve, reject) => {
    store.tableDb.get(name, (error, table) => (error ? reject(error) : resolve(table)));
  });
}

function dropTable(store: DynaliteStore, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    store.tableDb.del(name, (error) => (error ? reject(error) : resolve()));
  });
}

/** What cannot change once there are items: keys, their types, and indexes (none is ever filled afterwards). */
function shapeOf(table: WireTable | TableDefinition): unknown {
  const byName = (a: { AttributeName: string }, b: { AttributeName: string }) =>
    a.AttributeName < b.AttributeName ? -1 : 1;
  return structuredClone({
    keys: table.KeySchema,
    attributes: [...table.AttributeDefinitions].sort(byName),
    indexes: (table.GlobalSecondaryIndexes ?? [])
      .map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }))
      .sort((a, b) => (a.IndexName < b.IndexName ? -1 : 1)),
  });
}

function toServedTable(table: WireTable, definition: TableDefinition, place: Place): ServedTable {
  const stream = toStreamSource(table, definition, place);
  const ttl = definition.TimeToLiveSpecification;
  const view = stream && {
    StreamSpecification: { StreamEnabled: true, StreamViewType: stream.view },
    LatestStreamArn: stream.arn,
  };
  return {
    name: table.TableName,
    description: { ...table, ...view },
    ...(stream && { stream }),
    ...(ttl?.Enabled === true && { ttlAttribute: ttl.AttributeName }),
  };
}

function toStreamSource(table: WireTable, definition: TableDefinition, place: Place): StreamSource | undefined {
  if (definition.StreamSpecification === undefined) return undefined;
  const label = new Date(table.CreationDateTime * 1000).toISOString().slice(0, -1);
  return {
    arn: `arn:aws:dynamodb:${place.region}:${place.account}:table/${table.TableName}/stream/${label}`,
    region: place.region,
    view: definition.StreamSpecification.StreamViewType,
    keyAttributes: table.KeySchema.map(({ AttributeName }) => AttributeName),
  };
}
