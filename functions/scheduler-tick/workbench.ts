import type { Clock } from '../../lib/gateways/clock.ts';
import { type InstanceOperation, reduceInstance } from '../../lib/instance/reduce-instance.ts';
import type { InstanceId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../lib/model/launch-queue.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import { quietly } from '../../lib/state/instances.ts';
import type { Versioned } from '../../lib/state/items.ts';
import type { State } from '../../lib/state/state.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The instances of one pass, kept in step with the table: each write goes through the state machine, is conditional on
 * what was read, and on success becomes what the rest of the pass sees. A lost write drops nothing: the instance is
 * left as it was read, and its writer has marked the run spec dirty.
 */
export function createWorkbench(state: State, clock: Clock, snapshot: Snapshot) {
  const held = new Map<InstanceId, Versioned<Instance>>();
  const expunged = new Map<InstanceId, Instance>();
  const entries = new Map<PathId, LaunchQueueEntry>();
  for (const { view, stored } of snapshot.runSpecs.values()) {
    if (view.entry !== undefined) entries.set(view.id, view.entry);
    for (const instance of stored) held.set(instance.value.id, instance);
  }
  /** All of them as a list and by run spec, until one changes. */
  let listed: readonly Instance[] | undefined;
  let grouped: ReadonlyMap<PathId, readonly Instance[]> | undefined;

  function changed(): void {
    listed = undefined;
    grouped = undefined;
  }
  function hold(id: InstanceId, instance: Versioned<Instance>): void {
    held.set(id, instance);
    changed();
  }
  function letGo(id: InstanceId): void {
    held.delete(id);
    changed();
  }
  function all(): readonly Instance[] {
    listed ??= Array.from(held.values(), ({ value }) => value);
    return listed;
  }
  function byRunSpec(): ReadonlyMap<PathId, readonly Instance[]> {
    grouped ??= Map.groupBy(all(), ({ runSpec }) => runSpec);
    return grouped;
  }

  return {
    get: (id: InstanceId): Instance | undefined => held.get(id)?.value,
    /** With the revision that its next write replaces. */
    stored: (id: InstanceId): Versioned<Instance> | undefined => held.get(id),
    /** An instance that this pass has deleted, as it was last. */
    expunged: (id: InstanceId): Instance | undefined => expunged.get(id),
    all,
    byRunSpec,

    entryOf: (runSpec: PathId): LaunchQueueEntry | undefined => entries.get(runSpec),
    /** Notes an entry that was just stored. */
    noteEntry: (entry: LaunchQueueEntry): void => {
      entries.set(entry.runSpec, entry);
    },

    /** Writes a new instance with its first event; one that another writer made first is left to the next pass. */
    async create(instance: Instance, event: Parameters<typeof quietly>[0]): Promise<void> {
      if (held.has(instance.id)) return;
      if (await state.instances.replace(instance, 0, quietly(event))) hold(instance.id, { value: instance, rev: 1 });
    },

    /** Leaves an instance to the next pass: this one does nothing more about it. */
    leave: letGo,

    /** Applies an operation. The instance as it is then; undefined when another writer was first or nothing changed. */
    async apply(id: InstanceId, operation: InstanceOperation): Promise<Instance | undefined> {
      const before = held.get(id);
      if (before === undefined) return undefined;
      const effect = reduceInstance(before.value, operation, clock.now());
      if (effect.kind === 'noop') return undefined;
      const written = await state.instances.replace(effect.instance, before.rev, quietly(effect.events));
      if (!written) return undefined;
      hold(id, { value: effect.instance, rev: before.rev + 1 });
      return effect.instance;
    },

    /** Writes an instance as it is, so that whoever counts on its present revision loses. False: lost to another. */
    async touch(id: InstanceId): Promise<boolean> {
      const before = held.get(id);
      if (before === undefined || !(await state.instances.replace(before.value, before.rev, quietly([])))) return false;
      hold(id, { value: before.value, rev: before.rev + 1 });
      return true;
    },

    /** Deletes the record of an instance that is over. */
    async expunge(instance: Instance): Promise<boolean> {
      const before = held.get(instance.id);
      if (before === undefined || !(await state.instances.remove(instance, before.rev))) return false;
      letGo(instance.id);
      expunged.set(instance.id, before.value);
      return true;
    },
  };
}

export type Workbench = ReturnType<typeof createWorkbench>;
