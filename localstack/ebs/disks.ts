import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBridgeEvent } from '../endpoint/aws-service.ts';
import { type BlockStore, createBlockStore } from './block-store.ts';
import { toSnapshotEvent, toVolumeEvent } from './disk-events.ts';
import { type InstanceState, nextDue, settleSnapshot, settleVolume } from './disk-life.ts';
import { type DiskState, openDiskState } from './disk-state.ts';

/** How long AWS's slow steps take here, in milliseconds. */
export interface DiskDelays {
  readonly create: number;
  readonly attach: number;
  readonly detach: number;
  readonly delete: number;
  readonly snapshot: number;
}

const DELAYS: DiskDelays = { create: 300, attach: 500, detach: 500, delete: 200, snapshot: 500 };

/** Longer waits are looked at again then. */
const MAX_TIMER_MS = 60_000;
const FIRST_SETTLE_MS = 10_000;

export interface DisksDeps {
  /** Holds `ebs.db` and the contents of blocks, `ebs/blocks`. */
  readonly dataDir: string;
  /** Keeps the state in memory; blocks are in `dataDir` all the same. */
  readonly ephemeral: boolean;
  /** Unknown instances are terminated ones. */
  readonly instanceState: (instanceId: string) => InstanceState;
  /** The local EventBridge's default bus. */
  readonly emit: (event: EventBridgeEvent) => void;
  readonly now?: () => number;
  readonly delays?: Partial<DiskDelays>;
}

/** Volumes and snapshots of the local cloud, which EC2 and the EBS direct APIs share. */
export interface Disks {
  readonly state: DiskState;
  readonly blocks: BlockStore;
  readonly delays: DiskDelays;
  readonly now: () => number;
  /** Brings everything up to now: to be called before each look at the state, and after each change. */
  settle(): void;
  close(): void;
}

/** `vol-` or `snap-` and 17 hexadecimal digits. */
export function newDiskId(prefix: 'vol' | 'snap'): string {
  return `${prefix}-${randomBytes(9).toString('hex').slice(0, 17)}`;
}

export function openDisks({ dataDir, ephemeral, instanceState, emit, ...options }: DisksDeps): Disks {
  mkdirSync(dataDir, { recursive: true });
  const { now = Date.now } = options;
  const state = openDiskState(ephemeral ? ':memory:' : join(dataDir, 'ebs.db'));
  let timer: NodeJS.Timeout | undefined;

  const settleOne = (): boolean => {
    for (const volume of state.volumes.values()) {
      const settled = settleVolume(volume, now(), instanceState);
      if (settled === undefined) continue;
      if (settled.entity === undefined) state.volumes.delete(volume.id);
      else state.volumes.put(settled.entity);
      if (settled.event !== undefined) emit(toVolumeEvent(volume.id, settled.event, now()));
      return true;
    }
    for (const snapshot of state.snapshots.values()) {
      const { entity, event } = settleSnapshot(snapshot, now()) ?? {};
      if (entity === undefined) continue;
      state.snapshots.put(entity);
      if (event !== undefined) emit(toSnapshotEvent(entity, event, now()));
      return true;
    }
    return false;
  };
  const settle = () => {
    while (settleOne());
    clearTimeout(timer);
    const dues = [...state.volumes.values(), ...state.snapshots.values()].flatMap((each) => nextDue(each) ?? []);
    if (dues.length === 0) return;
    const wait = dues.reduce((first, due) => Math.min(first, due)) - now();
    timer = setTimeout(settle, Math.min(Math.max(wait, 1), MAX_TIMER_MS)).unref();
  };
  // Not at once: the machines may not be known yet, and would seem terminated.
  timer = setTimeout(settle, FIRST_SETTLE_MS).unref();
  return {
    state,
    blocks: createBlockStore(join(dataDir, 'ebs', 'blocks')),
    delays: { ...DELAYS, ...options.delays },
    now,
    settle,
    close() {
      clearTimeout(timer);
      state.close();
    },
  };
}
