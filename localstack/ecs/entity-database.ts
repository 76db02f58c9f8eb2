import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** Raised when stored entities change shape; data of another format is refused, not guessed at. */
const FORMAT = 1;

export interface EntityTable<Entity> {
  get(id: string): Entity | undefined;
  values(): Iterable<Entity>;
  put(entity: Entity): void;
  delete(id: string): void;
}

/** Entities in memory, each change written to SQLite at once. */
export interface EntityDatabase {
  table<Entity>(kind: string, schema: z.ZodType<Entity>, idOf: (entity: Entity) => string): EntityTable<Entity>;
  close(): void;
}

/**
 * Opens a file, or `:memory:`. Written changes survive the death of this process, not that of the machine
 * (`synchronous=OFF`). Throws when the file cannot be opened or holds another format.
 */
export function openEntityDatabase(file: string): EntityDatabase {
  const database = openFile(file);
  const insert = database.prepare('INSERT OR REPLACE INTO entity (kind, id, json) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM entity WHERE kind = ? AND id = ?');
  return {
    table(kind, schema, idOf) {
      const rows = database.prepare('SELECT id, json FROM entity WHERE kind = ?').all(kind);
      const entities = new Map(rows.map((row) => [String(row['id']), decode(file, kind, schema, row)]));
      return {
        get: (id) => entities.get(id),
        values: () => entities.values(),
        put(entity) {
          const id = idOf(entity);
          insert.run(kind, id, JSON.stringify(entity));
          entities.set(id, entity);
        },
        delete(id) {
          remove.run(kind, id);
          entities.delete(id);
        },
      };
    },
    close: () => database.close(),
  };
}

function openFile(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    const { user_version: found } = z
      .object({ user_version: z.int() })
      .parse(database.prepare('PRAGMA user_version').get());
    if (found !== 0 && found !== FORMAT) throw new Error(`it has format ${found}, this version reads ${FORMAT}`);
    database.exec(`PRAGMA user_version = ${FORMAT}`);
    database.exec(
      'CREATE TABLE IF NOT EXISTS entity (kind TEXT, id TEXT, json TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID',
    );
    return database;
  } catch (cause) {
    throw new Error(`cannot use ${file}: ${String(cause)}; remove it, or choose another data directory`, { cause });
  }
}

function decode<Entity>(file: string, kind: string, schema: z.ZodType<Entity>, row: Record<string, unknown>): Entity {
  const parsed = schema.safeParse(JSON.parse(String(row['json'])));
  if (parsed.success) return parsed.data;
  const issues = z.prettifyError(parsed.error);
  throw new Error(
    `${file} holds a damaged ${kind} ${row['id']}; remove the file, or choose another data directory\n${issues}`,
  );
}
