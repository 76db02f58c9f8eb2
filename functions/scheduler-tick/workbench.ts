import type { Clock } from '../../lib/gateways/clock.ts';
import { type InstanceOperation, reduceInstance } from '../../lib/instance/reduce-instance.ts';
import type { InstanceId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../lib/model/launch-queue.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import { quietly } from '../../lib/state/instances.ts';
import type { State } from '../../lib/state/state.ts';
import type { Snapshot } from './snapshot.ts';

/** An instance with the revision that the next write must find. */
interface Held {
  readonly instance: Instance;
  readonly rev: number;
}

/**
 * The instances of one pass, kept in step with the table: each write goes through the state machine, is conditional on
 * what was read, and on success becomes what the rest of the pass sees. A lost write drops nothing: the instance is
 * left as it was read, and its writer has marked the run spec dirty.
 */
export function createWorkbench(state: State, clock: Clock, snapshot: Snapshot) {
  const held = new Map<InstanceId, Held>();
  const expunged = new Set<InstanceId>();
  const entries = new Map<PathId, LaunchQueueEntry>();
  for (const { view, revs } of snapshot.runSpecs.values()) {
    if (view.entry !== undefined) entries.set(view.id, view.entry);
    for (const instance of view.instances) held.set(instance.id, { instance, rev: revs.get(instance.id) ?? 0 });
  }

  return {
    get: (id: InstanceId): Instance | undefined => held.get(id)?.instance,
    /** The revision that the next write of an instance replaces. */
    revOf: (id: InstanceId): number | undefined => held.get(id)?.rev,
    isExpunged: (id: InstanceId): boolean => expunged.has(id),
    all: (): readonly Instance[] => [...held.values()].map(({ instance }) => instance),
    byRunSpec: (): ReadonlyMap<PathId, readonly Instance[]> =>
      Map.groupBy(
        [...held.values()].map(({ instance }) => instance),
        ({ runSpec }) => runSpec,
      ),

    entryOf: (runSpec: PathId): LaunchQueueEntry | undefined => entries.get(runSpec),
    /** Notes an entry that was just stored. */
    noteEntry: (entry: LaunchQueueEntry): void => {
      entries.set(entry.runSpec, entry);
    },

    /** Writes a new instance with its first event; one that another writer made first is left to the next pass. */
    async create(instance: Instance, event: Parameters<typeof quietly>[0]): Promise<void> {
      if (held.has(instance.id)) return;
      if (await state.instances.replace(instance, 0, quietly(event))) held.set(instance.id, { instance, rev: 1 });
    },

    /** Leaves an instance to the next pass: this one does nothing more about it. */
    leave: (id: InstanceId): void => void held.delete(id),

    /** Applies an operation. The instance as it is then; undefined when another writer was first or nothing changed. */
    async apply(id: InstanceId, operation: InstanceOperation): Promise<Instance | undefined> {
      const before = held.get(id);
      if (before === undefined) return undefined;
      const effect = reduceInstance(before.instance, operation, clock.now());
      if (effect.kind === 'noop') return undefined;
      const written = await state.instances.replace(effect.instance, before.rev, quietly(effect.events));
      if (!written) return undefined;
      held.set(id, { instance: effect.instance, rev: before.rev + 1 });
      return effect.instance;
    },

    /** Writes an instance as it is, so that whoever counts on its present revision loses. False: lost to another. */
    async touch(id: InstanceId): Promise<boolean> {
      const before = held.get(id);
      if (before === undefined || !(await state.instances.replace(before.instance, before.rev, quietly([]))))
        return false;
      held.set(id, { ...before, rev: before.rev + 1 });
      return true;
    },

    /** Deletes the record of an instance that is over. */
    async expunge(instance: Instance): Promise<boolean> {
      const before = held.get(instance.id);
      if (before === undefined || !(await state.instances.remove(instance, before.rev))) return false;
      held.delete(instance.id);
      expunged.add(instance.id);
      return true;
    },
  };
}

export type Workbench = ReturnType<typeof createWorkbench>;
