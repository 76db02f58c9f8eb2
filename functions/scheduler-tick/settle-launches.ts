import pMap from 'p-map';
import { overdueAt, settleLaunch } from '../../lib/instance/settle-launch.ts';
import type { InstanceId, LaunchId } from '../../lib/model/ids.ts';
import { type Instance, isTerminal } from '../../lib/model/instance.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { PassDeps } from './deps.ts';
import { findUnwell } from './find-unwell.ts';
import { combine, DONE, earliest, type Outlook } from './outlook.ts';
import type { Workbench } from './workbench.ts';

const CALLS_AT_ONCE = 10;
/** A kill whose end is not seen is sent again (deployments.md §6). Milliseconds. */
const KILL_RETRY = 30_000;
/** Kills of one pass take as many calls as ECS allows in this time; the rest follows in the next. Milliseconds. */
const KILLING_TIME = 2_500;
/** Characters of a reason that ECS takes. */
const REASON_LENGTH = 255;

function killReason({ goal, unhealthy, overdue }: Instance): string {
  if (unhealthy !== undefined) return `health checks failed: ${unhealthy}`;
  return overdue === true ? 'not running in time after its launch' : `goal ${goal}`;
}

/** Whether its task is to be stopped. */
const isDoomed = ({ goal, condition, unhealthy, overdue }: Instance): boolean =>
  !isTerminal(condition) && (goal !== 'Running' || unhealthy !== undefined || overdue === true);

/** Settles launches whose StartTask gave no answer, and sends kills. Both belong to the tick alone (principle 5). */
export function createSettler(deps: PassDeps) {
  const { cluster, clock, log, budget } = deps;
  const lookedAt = new Map<LaunchId, Instant>();

  async function look(instance: Instance, workbench: Workbench): Promise<boolean> {
    const { launch } = instance;
    if (launch === undefined) return false;
    lookedAt.set(launch.id, clock.now());
    const tasks = (await cluster.findTasks(launch.id)).toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
    const [first, ...doubles] = tasks;
    if (first === undefined) return false;
    for (const task of doubles) {
      await budget.take();
      await cluster.stopTask(task.arn, `a second task of launch ${launch.id}`);
    }
    return (await workbench.apply(instance.id, { kind: 'seen', task: first })) !== undefined;
  }

  async function settle(instance: Instance, workbench: Workbench): Promise<Outlook> {
    const known = instance.launch === undefined ? undefined : lookedAt.get(instance.launch.id);
    const settling = settleLaunch(instance, known, clock.now());
    switch (settling.kind) {
      case 'settled':
        return DONE;
      case 'wait':
        return { moved: false, dueAt: settling.until };
      case 'look': {
        const moved = await look(instance, workbench);
        return moved ? { moved, dueAt: undefined } : settle(instance, workbench);
      }
      case 'giveUp': {
        if (instance.launch === undefined) return DONE;
        lookedAt.delete(instance.launch.id);
        log.info('launch given up', { instance: instance.id, launch: instance.launch.id });
        await workbench.apply(instance.id, { kind: 'notStarted', launch: instance.launch.id });
        return { moved: true, dueAt: undefined };
      }
    }
  }

  async function kill(instance: Instance, workbench: Workbench): Promise<Outlook> {
    const { launch, killSentAt } = instance;
    if (launch?.arn === undefined) return DONE;
    const now = clock.now();
    await budget.take();
    const outcome = await cluster.stopTask(launch.arn, killReason(instance).slice(0, REASON_LENGTH));
    if (outcome.kind === 'throttled') {
      budget.exhaust();
      return { moved: false, dueAt: now + 1_000 };
    }
    // A task that was started a moment ago may not be known yet; one that was to stop for so long has gone.
    const isGone = outcome.kind === 'gone' && killSentAt !== undefined;
    const after = await workbench.apply(
      instance.id,
      isGone
        ? { kind: 'vanished', launch: launch.id, reason: 'ECS does not know the task' }
        : { kind: 'killSent', launch: launch.id, ...(outcome.kind === 'stopping' && { task: outcome.task }) },
    );
    // ECS answers with the task as it is: its end counts, should the event of it have been lost.
    const hasEnded = after !== undefined && isTerminal(after.condition);
    return { moved: hasEnded, dueAt: now + KILL_RETRY };
  }

  /**
   * Marks instances that fail their health checks before their tasks are killed, so that their end is known for what
   * it is. One whose health changed meanwhile is judged again by the next pass. The moment when another is due.
   */
  async function condemnUnwell(workbench: Workbench): Promise<Instant | undefined> {
    const { kill: condemned, dueAt } = await findUnwell(deps, workbench.all());
    await pMap(
      condemned,
      async ([id, reason]) => {
        const launch = workbench.get(id)?.launch;
        if (launch !== undefined) await workbench.apply(id, { kind: 'condemn', launch: launch.id, reason });
      },
      { concurrency: CALLS_AT_ONCE },
    );
    return dueAt;
  }

  /** Marks tasks that do not run in time, to be killed. When the next one would be. */
  async function noteOverdue(workbench: Workbench): Promise<Instant | undefined> {
    const now = clock.now();
    let next: Instant | undefined;
    const overdue: { readonly id: InstanceId; readonly launch: LaunchId }[] = [];
    for (const instance of workbench.all()) {
      const at = instance.overdue === true ? undefined : overdueAt(instance);
      if (at === undefined || instance.launch === undefined) continue;
      if (at > now) next = earliest(next, at);
      else overdue.push({ id: instance.id, launch: instance.launch.id });
    }
    const note = ({ id, launch }: (typeof overdue)[number]) => workbench.apply(id, { kind: 'overdue', launch });
    await pMap(overdue, note, { concurrency: CALLS_AT_ONCE });
    return next;
  }

  /** Sends the kills that are due, as many as one pass may. */
  async function killAll(doomed: readonly Instance[], workbench: Workbench): Promise<Outlook> {
    const now = clock.now();
    const killAt = ({ killSentAt }: Instance): Instant => (killSentAt === undefined ? now : killSentAt + KILL_RETRY);
    const due = doomed.filter((instance) => killAt(instance) <= now);
    const dueAt = doomed
      .map(killAt)
      .filter((at) => at > now)
      .reduce<Instant | undefined>(earliest, undefined);
    const sent = due.slice(0, budget.callsWithin(KILLING_TIME));
    const outlooks = await pMap(sent, (instance) => kill(instance, workbench), { concurrency: CALLS_AT_ONCE });
    return outlooks.reduce(combine, { moved: sent.length < due.length, dueAt });
  }

  /** One round over the instances of the pass. */
  return async (workbench: Workbench): Promise<Outlook> => {
    const unwellAt = await condemnUnwell(workbench);
    const overdue = await noteOverdue(workbench);
    const open = workbench.all();
    const unsettled = open.filter((instance) => instance.condition === 'Provisioned');
    const doomed = open.filter(isDoomed);
    const outlooks = [
      ...(await pMap(unsettled, (instance) => settle(instance, workbench), { concurrency: CALLS_AT_ONCE })),
      await killAll(doomed, workbench),
    ];
    return outlooks.reduce(combine, { moved: false, dueAt: earliest(unwellAt, overdue) });
  };
}
