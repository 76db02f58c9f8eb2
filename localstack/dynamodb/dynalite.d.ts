/** The parts of dynalite 4 that the local DynamoDB is built on: it ships no types. The version is pinned exactly. */

declare module 'dynalite/db/index.js' {
  /** An item in wire form: attribute name → `{S: …}`, `{N: …}`, … */
  export type WireItem = Record<string, Record<string, unknown>>;
  export type Callback<T = void> = (error: unknown, value?: T) => void;

  export interface KeyElement {
    readonly AttributeName: string;
    readonly KeyType: string;
  }

  export interface WireTable {
    readonly TableName: string;
    readonly TableStatus: string;
    readonly CreationDateTime: number;
    readonly KeySchema: readonly KeyElement[];
    readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
    readonly GlobalSecondaryIndexes?: readonly {
      readonly IndexName: string;
      readonly KeySchema: readonly KeyElement[];
      readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
    }[];
  }

  export interface ItemDb {
    get(key: string, callback: Callback<WireItem>): void;
    put(key: string, item: WireItem, callback: Callback): void;
    del(key: string, callback: Callback): void;
    lock(key: string, run: (release: (callback: Callback) => Callback) => void): void;
  }

  export type LevelOperation =
    | { readonly type: 'put'; readonly key: string; readonly value: unknown }
    | { readonly type: 'del'; readonly key: string };

  export interface LevelRange {
    readonly gt?: string;
    readonly gte?: string;
    readonly lt?: string;
    readonly lte?: string;
    readonly limit?: number;
    readonly reverse?: boolean;
  }

  /** The LevelDB database under all tables; values are JSON. */
  export interface Level {
    open(): Promise<void>;
    close(): Promise<void>;
    get(key: string): Promise<unknown>;
    getSync(key: string): unknown;
    put(key: string, value: unknown): Promise<void>;
    batch(operations: readonly LevelOperation[]): Promise<void>;
    clear(range: LevelRange): Promise<void>;
    keys(range: LevelRange): AsyncIterable<string>;
    iterator(range: LevelRange): AsyncIterable<[string, unknown]>;
  }

  export interface DynaliteStore {
    readonly db: Level;
    readonly tableDb: {
      awsAccountId: string;
      awsRegion: string;
      get(name: string, callback: Callback<WireTable>): void;
      del(name: string, callback: Callback): void;
    };
    getItemDb(table: string): ItemDb;
    getTable(table: string, callback: Callback<WireTable>): void;
    getTable(table: string, checkStatus: boolean, callback: Callback<WireTable>): void;
  }

  const database: {
    create(options: { path?: string; createTableMs?: number }): DynaliteStore;
    createKey(item: WireItem, table: WireTable): string;
    itemSize(item: WireItem): number;
  };
  export default database;
}

declare module 'dynalite/validations/index.js' {
  import type { DynaliteStore } from 'dynalite/db/index.js';

  const validations: {
    checkTypes(input: unknown, types: Record<string, unknown>): Record<string, unknown>;
    checkValidations(
      input: Record<string, unknown>,
      types: Record<string, unknown>,
      custom: unknown,
      store: DynaliteStore,
    ): void;
  };
  export default validations;
}

declare module 'dynalite/validations/*' {
  const validation: { readonly types: Record<string, unknown>; readonly custom?: unknown };
  export default validation;
}

declare module 'dynalite/actions/*' {
  import type { Callback, DynaliteStore } from 'dynalite/db/index.js';

  const action: (store: DynaliteStore, input: Record<string, unknown>, callback: Callback<unknown>) => void;
  export default action;
}
