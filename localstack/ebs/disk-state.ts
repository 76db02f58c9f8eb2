import { type EntityTable, openEntityDatabase } from '../ecs/entity-database.ts';
import * as entities from './disk-entities.ts';

/** Blocks of snapshots, by snapshot and index. */
export interface BlockTable {
  get(snapshotId: string, index: number): entities.Block | undefined;
  /** In the order of their indexes. */
  of(snapshotId: string): readonly entities.Block[];
  put(block: entities.Block): void;
  /** Forgets a snapshot's blocks; the hashes that no other block has. */
  deleteAll(snapshotId: string): readonly string[];
}

export interface DiskState {
  readonly volumes: EntityTable<entities.Volume>;
  readonly snapshots: EntityTable<entities.Snapshot>;
  readonly clientTokens: EntityTable<entities.ClientToken>;
  readonly instanceTags: EntityTable<entities.InstanceTags>;
  readonly blocks: BlockTable;
  close(): void;
}

export function openDiskState(file: string): DiskState {
  const database = openEntityDatabase(file);
  const byId = (entity: { readonly id: string }) => entity.id;
  return {
    volumes: database.table('volume', entities.volume, byId),
    snapshots: database.table('snapshot', entities.snapshot, byId),
    clientTokens: database.table('client-token', entities.clientToken, byId),
    instanceTags: database.table('instance-tags', entities.instanceTags, byId),
    blocks: indexBlocks(database.table('block', entities.block, ({ snapshotId, index }) => blockId(snapshotId, index))),
    close: () => database.close(),
  };
}

function blockId(snapshotId: string, index: number): string {
  return `${snapshotId}/${index}`;
}

function indexBlocks(table: EntityTable<entities.Block>): BlockTable {
  const bySnapshot = new Map<string, Map<number, entities.Block>>();
  const users = new Map<string, number>();
  const use = (sha256: string, change: 1 | -1) => users.set(sha256, (users.get(sha256) ?? 0) + change);
  const index = (block: entities.Block) => {
    const blocks = bySnapshot.get(block.snapshotId) ?? new Map<number, entities.Block>();
    const former = blocks.get(block.index);
    if (former !== undefined) use(former.sha256, -1);
    bySnapshot.set(block.snapshotId, blocks.set(block.index, block));
    use(block.sha256, 1);
  };
  for (const block of table.values()) index(block);
  return {
    get: (snapshotId, at) => bySnapshot.get(snapshotId)?.get(at),
    of: (snapshotId) => [...(bySnapshot.get(snapshotId)?.values() ?? [])].sort((a, b) => a.index - b.index),
    put(block) {
      table.put(block);
      index(block);
    },
    deleteAll(snapshotId) {
      const blocks = [...(bySnapshot.get(snapshotId)?.values() ?? [])];
      bySnapshot.delete(snapshotId);
      for (const block of blocks) {
        table.delete(blockId(snapshotId, block.index));
        use(block.sha256, -1);
      }
      return [...new Set(blocks.map((block) => block.sha256))].filter((sha256) => users.get(sha256) === 0);
    },
  };
}
