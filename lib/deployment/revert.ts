import type { GroupEntry, SpecEntry, TreeEntry } from '../group/tree.ts';
import { isWithin, type PathId, ROOT_ID, segmentsOf } from '../model/path-id.ts';

type Entries = ReadonlyMap<PathId, TreeEntry>;

/** The trees that a rollback looks at. */
export interface RevertContext {
  /** Before and after the deployment's commit. */
  readonly original: Entries;
  readonly target: Entries;
  /** As others may have changed it since. */
  readonly present: Entries;
}

/** What undoes a deployment on the present tree. */
export interface Revert {
  /** Apps and pods to bring back as they were; absent `entry`: to remove. */
  readonly specs: readonly { readonly id: PathId; readonly entry?: SpecEntry }[];
  /** Groups to put; absent `after`: to remove. */
  readonly groups: readonly { readonly id: PathId; readonly after?: GroupEntry }[];
}

const specOf = (entry: TreeEntry | undefined): SpecEntry | undefined =>
  entry === undefined || entry.kind === 'group' ? undefined : entry;
const groupOf = (entry: TreeEntry | undefined): GroupEntry | undefined => (entry?.kind === 'group' ? entry : undefined);

function revertSpecs({ original, target, present }: RevertContext): Revert['specs'] {
  const ids = new Set([...original.keys(), ...target.keys()]);
  return [...ids].flatMap((id): Revert['specs'] => {
    const [before, after] = [specOf(original.get(id)), specOf(target.get(id))];
    if (before?.spec === after?.spec) return [];
    if (before !== undefined) return [{ id, entry: before }];
    return specOf(present.get(id)) === undefined ? [] : [{ id }];
  });
}

/** Dependencies with the plan's changes undone edge by edge; what others changed since stays. */
function revertDependencies(
  now: readonly PathId[],
  before: readonly PathId[],
  after: readonly PathId[],
): readonly PathId[] {
  const added = new Set(after.filter((id) => !before.includes(id)));
  const removed = before.filter((id) => !after.includes(id) && !now.includes(id));
  return [...now.filter((id) => !added.has(id)), ...removed];
}

const sameIds = (a: readonly PathId[], b: readonly PathId[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));

/** Innermost first, so that a group is looked at when the fate of those below it is known. */
function revertGroups({ original, target, present }: RevertContext, specs: Revert['specs']): Revert['groups'] {
  const left = new Set(present.keys());
  for (const { id, entry } of specs)
    if (entry === undefined) left.delete(id);
    else left.add(id);
  const ids = [...new Set([...original.keys(), ...target.keys()])]
    .filter((id) => id !== ROOT_ID)
    .toSorted((a, b) => segmentsOf(b).length - segmentsOf(a).length);
  const reverted: { readonly id: PathId; readonly after?: GroupEntry }[] = [];
  for (const id of ids) {
    const [before, after, now] = [original, target, present].map((entries) => groupOf(entries.get(id)));
    if (before !== undefined && after === undefined && now === undefined) {
      reverted.push({ id, after: before });
      left.add(id);
      continue;
    }
    if (after === undefined || now === undefined) continue;
    const isEmpty = ![...left].some((other) => other !== id && isWithin(other, id));
    if (before === undefined && isEmpty && sameIds(now.dependencies, after.dependencies)) {
      reverted.push({ id });
      left.delete(id);
      continue;
    }
    const dependencies = revertDependencies(now.dependencies, before?.dependencies ?? [], after.dependencies);
    if (!sameIds(dependencies, now.dependencies)) reverted.push({ id, after: { ...now, dependencies } });
  }
  return reverted;
}

/**
 * The reverse of a deployment on the present tree (deployments.md §3; Marathon: DeploymentPlanReverter.scala): changed
 * and removed apps and pods get their old definition, added ones go; then the groups. What others changed stays.
 */
export function revertOf(context: RevertContext): Revert {
  const specs = revertSpecs(context);
  return { specs, groups: revertGroups(context, specs) };
}
