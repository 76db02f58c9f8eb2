import type { InstanceId } from './ids.ts';

/** A named disk that outlives its task. Later work attaches it; the owner and fence decide who may. */
export interface Volume {
  readonly name: string;
  readonly state: 'creating' | 'available' | 'attaching' | 'attached' | 'detaching' | 'deleting' | 'error';
  readonly zone: string;
  readonly sizeGiB: number;
  readonly owner?: InstanceId;
  readonly fence: number;
}
