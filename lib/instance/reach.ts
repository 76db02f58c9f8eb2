import { type Instance, isTerminal } from '../model/instance.ts';
import type { UnreachableStrategy } from '../model/run-spec.ts';
import type { Instant } from '../model/timestamp.ts';

/** Whether the cluster reaches an agent; `lostAt`: when it counted as lost, after its disconnect had aged. */
export type Reach = { readonly kind: 'reached' } | { readonly kind: 'lost'; readonly lostAt: Instant };

/** What is to be done about an instance for its agent's sake. */
export type ReachVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'reachable' }
  /** `dueAt`: when the next verdict is; undefined: only the agent's return changes anything. */
  | { readonly kind: 'unreachable' | 'inactive'; readonly since: Instant; readonly dueAt: Instant | undefined }
  /** Its record goes; its task is to be stopped, which ECS does when the agent is back. */
  | { readonly kind: 'expunge'; readonly since: Instant };

const isOutOfReach = ({ condition }: Instance): boolean =>
  condition === 'Unreachable' || condition === 'UnreachableInactive';

/**
 * Marathon's unreachable strategy (deployments.md §7): lost instances are unreachable, then inactive, when replacements
 * are started, then forgotten; time counts from when the agent was lost, and a limit is reached when the age equals it.
 * With the strategy disabled they wait for ever. An instance without a task on the agent is none of this.
 */
export function judgeReach(
  instance: Instance,
  reach: Reach,
  strategy: UnreachableStrategy,
  now: Instant,
): ReachVerdict {
  if (reach.kind === 'reached') return isOutOfReach(instance) ? { kind: 'reachable' } : { kind: 'none' };
  if (instance.launch?.arn === undefined || isTerminal(instance.condition)) return { kind: 'none' };
  const { lostAt: since } = reach;
  if (strategy === 'disabled') return { kind: 'unreachable', since, dueAt: undefined };
  const [inactiveAt, expungeAt] = [
    since + strategy.inactiveAfterSeconds * 1000,
    since + strategy.expungeAfterSeconds * 1000,
  ];
  if (now >= expungeAt) return { kind: 'expunge', since };
  if (now >= inactiveAt) return { kind: 'inactive', since, dueAt: expungeAt };
  return { kind: 'unreachable', since, dueAt: inactiveAt };
}
