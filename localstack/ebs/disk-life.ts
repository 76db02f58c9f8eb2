import type { Snapshot, Volume } from './disk-entities.ts';

/** What became of a volume or snapshot when its time had come. */
export interface Settled<Entity> {
  /** Absent: it is gone. */
  readonly entity: Entity | undefined;
  /** What the event bus hears of it. */
  readonly event?: { readonly name: string; readonly result: string; readonly cause?: string };
}

/** How an instance stands: volumes stay on a stopped one and leave a terminated one. */
export type InstanceState = 'running' | 'stopped' | 'terminated';

/**
 * The next thing that is due on a volume at `now`; undefined when nothing is. creating → available, attaching →
 * attached, detaching → gone, deleting → gone (aws.md §3.1).
 */
export function settleVolume(
  volume: Volume,
  now: number,
  stateOf: (instanceId: string) => InstanceState,
): Settled<Volume> | undefined {
  const { attachment, due, ...rest } = volume;
  if (attachment !== undefined) return settleAttachment(volume, now, stateOf(attachment.instanceId));
  if (due === undefined || due > now) return undefined;
  if (volume.state === 'deleting') return { entity: undefined, event: { name: 'deleteVolume', result: 'deleted' } };
  return { entity: { ...rest, state: 'available' }, event: { name: 'createVolume', result: 'available' } };
}

function settleAttachment(volume: Volume, now: number, instance: InstanceState): Settled<Volume> | undefined {
  const { attachment, ...rest } = volume;
  if (attachment === undefined) return undefined;
  const free: Volume = { ...rest, state: 'available' };
  if (instance === 'terminated') return { entity: free };
  const { due, ...lasting } = attachment;
  if (due === undefined || due > now) return undefined;
  if (attachment.state === 'detaching') return { entity: free };
  if (instance === 'running') return { entity: { ...volume, attachment: { ...lasting, state: 'attached' } } };
  const cause = `${attachment.instanceId} is not running`;
  return { entity: free, event: { name: 'attachVolume', result: 'failed', cause } };
}

/** What is due on a snapshot at `now`: completion, or giving up one into which no block was put for too long. */
export function settleSnapshot(snapshot: Snapshot, now: number): Settled<Snapshot> | undefined {
  if (snapshot.state !== 'pending') return undefined;
  const { due, direct, ...rest } = snapshot;
  if (due !== undefined) {
    if (due > now) return undefined;
    const completed = { ...rest, ...(direct && { direct }), state: 'completed', completedAt: due } as const;
    return { entity: completed, event: { name: 'createSnapshot', result: 'succeeded' } };
  }
  if (direct === undefined || direct.expiresAt > now) return undefined;
  const stateMessage = 'no block was written, and it was not completed, within its time-out';
  return {
    entity: { ...snapshot, state: 'error', stateMessage },
    event: { name: 'createSnapshot', result: 'failed', cause: stateMessage },
  };
}

/** When something is next due on a disk; undefined when it is at rest. */
export function nextDue(disk: Volume | Snapshot): number | undefined {
  if ('volumeId' in disk) return disk.state === 'pending' ? (disk.due ?? disk.direct?.expiresAt) : undefined;
  return disk.attachment === undefined ? disk.due : disk.attachment.due;
}
