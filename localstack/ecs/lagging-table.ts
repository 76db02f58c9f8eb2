import type { EntityTable } from './entity-database.ts';

export type ReadTable<Entity> = Pick<EntityTable<Entity>, 'get' | 'values'>;

export interface LaggingTable<Entity> extends EntityTable<Entity> {
  /** The table as it was at an instant, no further back than `keepMs` before now. */
  asOf(instant: number): ReadTable<Entity>;
}

interface Former<Entity> {
  readonly id: string;
  /** Until when it was the truth; undefined: there was no such entity. */
  readonly until: number;
  readonly entity: Entity | undefined;
}

/**
 * A table that remembers what it held, for reads that lag as ECS's do. `keepMs` is asked at each write; 0 remembers
 * nothing.
 */
export function lagging<Entity>(
  table: EntityTable<Entity>,
  idOf: (entity: Entity) => string,
  { now, keepMs }: { readonly now: () => number; readonly keepMs: () => number },
): LaggingTable<Entity> {
  let former: Former<Entity>[] = [];
  const remember = (id: string) => {
    const [at, keep] = [now(), keepMs()];
    former = former.filter((each) => each.until > at - keep);
    if (keep > 0) former.push({ id, until: at, entity: table.get(id) });
  };
  return {
    ...table,
    put(entity) {
      remember(idOf(entity));
      table.put(entity);
    },
    delete(id) {
      remember(id);
      table.delete(id);
    },
    asOf(instant) {
      const past = new Map<string, Entity | undefined>();
      for (const { id, until, entity } of former) if (until > instant && !past.has(id)) past.set(id, entity);
      const get = (id: string) => (past.has(id) ? past.get(id) : table.get(id));
      return {
        get,
        *values() {
          for (const entity of table.values()) if (!past.has(idOf(entity))) yield entity;
          for (const entity of past.values()) if (entity !== undefined) yield entity;
        },
      };
    },
  };
}
