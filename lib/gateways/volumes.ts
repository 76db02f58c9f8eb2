import type { AgentId } from '../model/ids.ts';

export interface VolumeSighting {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly sizeGiB: number;
  readonly state: 'creating' | 'available' | 'in-use' | 'deleting' | 'deleted' | 'error';
  readonly attachment?: { readonly agent: AgentId; readonly state: 'attaching' | 'attached' | 'detaching' | 'busy' };
}

/** Block storage (EC2 volumes). `create` is idempotent by name; attach and detach are settled by `describe`. */
export interface Volumes {
  create(request: { readonly name: string; readonly zone: string; readonly sizeGiB: number }): Promise<VolumeSighting>;
  describe(names: readonly string[]): Promise<readonly VolumeSighting[]>;
  attach(id: string, agent: AgentId, device: string): Promise<void>;
  detach(id: string, agent: AgentId): Promise<void>;
  delete(id: string): Promise<void>;
}
