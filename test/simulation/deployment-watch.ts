import { isDeepStrictEqual } from 'node:util';
import type { DeploymentEnd, DeploymentPlan, DeploymentRecord, DeploymentState } from '../../lib/model/deployment.ts';
import type { ContentHash, DeploymentId } from '../../lib/model/ids.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { Root } from '../../lib/model/root.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import { fromTimestamp, type Instant } from '../../lib/model/timestamp.ts';

/** How far the clock of a process may be off, both ways. Milliseconds. */
const SKEW = 2_000;
/** A deadline is looked at when it is due, and by the timer of each minute at the latest; a pass takes its time. */
const LATE_AT_MOST = 70_000;

type Specs = ReadonlyMap<PathId, RunSpec>;

/** What watches need of the world. */
interface World {
  readonly violated: (what: string) => void;
  readonly specsOf: (tree: ContentHash) => Specs;
  readonly now: () => Instant;
  readonly after: (ms: number, work: () => void) => void;
  /** From when on nothing has disturbed the ticks. */
  readonly quietSince: () => Instant;
}

function withoutVersion(spec: RunSpec | undefined): object | undefined {
  if (spec === undefined) return undefined;
  const { version: _version, versionInfo: _versionInfo, ...definition } = spec;
  return definition;
}

const dueAt = ({ version, deadline }: DeploymentPlan): Instant =>
  deadline === undefined ? Number.POSITIVE_INFINITY : fromTimestamp(version) + deadline.seconds * 1000;

/**
 * Watches how deployments end: each with a record that says so truly, none long after its deadline, and one that is
 * rolled back leaves the definitions that were before it.
 */
export function createDeploymentWatch({ violated, specsOf, now, after, quietSince }: World) {
  const plans = new Map<string, DeploymentPlan>();
  const progress = new Map<string, DeploymentState>();
  const ends = new Map<string, DeploymentEnd>();
  const asked = { cancel: new Set<string>(), rollback: new Set<string>() };
  let running: ReadonlySet<string> = new Set();
  let commit: string | undefined;
  let undone: (app: PathId, spec: RunSpec | undefined) => void = () => undefined;

  const stepOf = (id: string): number => progress.get(id)?.step ?? 0;

  function checkLater(plan: DeploymentPlan): void {
    after(Math.max(dueAt(plan), quietSince()) + LATE_AT_MOST - now(), () => {
      if (!running.has(plan.id)) return;
      if (quietSince() + LATE_AT_MOST > now()) checkLater(plan);
      else violated(`deployment ${plan.id} still runs ${(now() - dueAt(plan)) / 1000} s after its deadline`);
    });
  }

  /** What keeps an end from being as its record tells it; undefined: it is true. */
  function refute(plan: DeploymentPlan, { outcome, reason = '', by }: DeploymentEnd): string | undefined {
    const byDeadline = / its deadline/.test(reason);
    if (byDeadline && now() < dueAt(plan) - SKEW) return 'before its deadline';
    const shares = plans.get(by ?? '')?.affected.some((id) => plan.affected.includes(id));
    switch (outcome) {
      case 'succeeded':
        return stepOf(plan.id) >= plan.steps.length ? undefined : `at step ${stepOf(plan.id)}`;
      case 'failed':
        return byDeadline && plan.deadline?.action === 'fail' ? undefined : 'without such a deadline';
      case 'cancelled':
        return asked.cancel.has(plan.id) ? undefined : 'by nobody';
      case 'superseded':
        return by === commit && shares === true ? undefined : `by ${by}, which has nothing to do with it`;
      case 'rolledBack': {
        if (by !== commit || plans.get(by ?? '')?.undoes !== plan.id) return `by ${by}, which does not undo it`;
        const wanted = byDeadline ? plan.deadline?.action === 'rollback' : asked.rollback.has(plan.id);
        return wanted ? undefined : 'by nobody';
      }
    }
  }

  function deploymentEnded(id: string, records: readonly DeploymentRecord[]): void {
    const plan = plans.get(id);
    const end = records.find((record) => record.id === id)?.end;
    if (plan === undefined || end === undefined) {
      violated(`deployment ${id} ended and nobody wrote down how`);
      return;
    }
    ends.set(id, end);
    const objection = refute(plan, end);
    if (objection !== undefined) violated(`deployment ${id} ${end.outcome} (${end.reason}) ${objection}`);
  }

  /** What a deployment changed is as it was before it, when the root of its rollback begins to count. */
  function checkUndone({ original, target }: DeploymentPlan, tree: ContentHash): void {
    const [before, changed, present] = [specsOf(original), specsOf(target), specsOf(tree)];
    for (const id of new Set([...before.keys(), ...changed.keys()])) {
      const old = before.get(id);
      if (old?.version === changed.get(id)?.version) continue;
      if (!isDeepStrictEqual(withoutVersion(present.get(id)), withoutVersion(old)))
        violated(`${id} is rolled back and not as it was`);
      undone(id, old);
    }
  }

  function committed(root: Root, records: readonly DeploymentRecord[]): void {
    const [newest] = root.recent;
    if (newest === undefined || newest.deployment === commit) return;
    commit = newest.deployment;
    const plan = plans.get(newest.deployment);
    if (plan === undefined) {
      violated(`deployment ${commit} counts and has no plan`);
      return;
    }
    if (!records.some(({ id }) => id === plan.id)) violated(`deployment ${plan.id} began and nobody wrote it down`);
    if (plan.steps.length === 0) deploymentEnded(plan.id, records);
    else if (plan.deadline !== undefined) checkLater(plan);
    const former = plan.undoes === undefined ? undefined : plans.get(plan.undoes);
    if (former !== undefined) checkUndone(former, root.tree);
  }

  return {
    planOf: (id: string): DeploymentPlan | undefined => plans.get(id),
    stepOf,
    /** Oldest first. */
    running: (): readonly string[] => [...running],
    /** How each ended that has. */
    ends: (): ReadonlyMap<string, DeploymentEnd> => ends,
    /** A client is about to delete a deployment. */
    asks(id: DeploymentId, force: boolean): void {
      asked[force ? 'cancel' : 'rollback'].add(id);
    },
    /** Whom to tell what an app is again, when a rollback begins to count; undefined: it is none. */
    whenUndone(tell: typeof undone): void {
      undone = tell;
    },
    planStored(plan: DeploymentPlan): void {
      plans.set(plan.id, plan);
    },
    progressStored(id: string, state: DeploymentState): void {
      progress.set(id, state);
    },
    rootStored(root: Root, records: readonly DeploymentRecord[]): void {
      const before = running;
      running = new Set(Object.keys(root.running));
      committed(root, records);
      for (const id of before) if (!running.has(id)) deploymentEnded(id, records);
    },
  };
}

export type DeploymentWatch = ReturnType<typeof createDeploymentWatch>;
