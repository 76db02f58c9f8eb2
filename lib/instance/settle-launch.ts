import type { Instance, Launch } from '../model/instance.ts';
import type { Instant } from '../model/timestamp.ts';

/** When a StartTask without an answer is looked for by its launch id, after the claim (design §4). Milliseconds. */
const LOOK_AT = [5_000, 20_000] as const;
/** After this much silence the launch is given up and gets a new id. */
const GIVE_UP_AT = 75_000;

/** How long a task may take from its launch until it runs: Marathon's `--task_launch_timeout`. Milliseconds. */
const LAUNCH_TIMEOUT = 300_000;

/** When a task that has started but does not run yet is overdue, to be killed; undefined: it is not of that kind. */
export function overdueAt({ goal, condition, stagedAt }: Instance): Instant | undefined {
  const isStarting = goal === 'Running' && (condition === 'Staging' || condition === 'Starting');
  return isStarting && stagedAt !== undefined ? stagedAt + LAUNCH_TIMEOUT : undefined;
}

export type Settling =
  | { readonly kind: 'settled' }
  | { readonly kind: 'wait'; readonly until: Instant }
  | { readonly kind: 'look' }
  | { readonly kind: 'giveUp' };

/**
 * Whether ECS not knowing a launch's task means that there is none any more. Its answers lag behind what it started
 * (aws.md §1.1), so of a young launch it proves nothing.
 */
export const isAbsenceFinal = (launch: Launch, now: Instant): boolean => now >= launch.at + GIVE_UP_AT;

/** What to do about a launch of which nobody has seen a task. `lookedAt`: the last look, if any. */
export function settleLaunch(instance: Instance, lookedAt: Instant | undefined, now: Instant): Settling {
  const { launch } = instance;
  if (launch === undefined || launch.arn !== undefined || instance.condition !== 'Provisioned')
    return { kind: 'settled' };
  const moments = [...LOOK_AT, GIVE_UP_AT].map((after) => launch.at + after);
  const missed = moments.some((moment) => moment <= now && (lookedAt === undefined || lookedAt < moment));
  // Before giving up there is always one more look.
  if (missed) return { kind: 'look' };
  if (now >= launch.at + GIVE_UP_AT) return { kind: 'giveUp' };
  return { kind: 'wait', until: moments.find((moment) => moment > now) ?? now };
}
