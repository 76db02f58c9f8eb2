import pMap from 'p-map';
import { isAbsenceFinal } from '../../lib/instance/settle-launch.ts';
import { type Instance, isTerminal } from '../../lib/model/instance.ts';
import type { TaskSighting } from '../../lib/model/task.ts';
import { UndecodableItem } from '../../lib/state/items.ts';
import { type PassDeps, taskGroup } from './deps.ts';
import { refreshAgents } from './refresh-agents.ts';
import type { Workbench } from './workbench.ts';

const CALLS_AT_ONCE = 10;
/** A task of ours that no instance knows is left alone for this long: its launch may still be on its way. */
const ORPHAN_AGE = 5 * 60_000;

/**
 * The truth that needs no event (design principle 4): what ECS runs, held against what is known. Ends that were never
 * told are learnt, superseded tasks are stopped, and tasks of ours that nobody knows are stopped once they were seen
 * twice and are old.
 */
export function createSweep(deps: PassDeps) {
  const { state, cluster, clock, config, log, budget } = deps;
  let suspects: ReadonlySet<string> = new Set();

  /**
   * Brings agents and their usage by others up to date. A claim is accounted for when its task is listed, or when its
   * instance has one that has not ended: a task on its way out is no longer listed and still holds its resources. So
   * does that of an instance which was given up with its agent.
   */
  async function observeAgents(tasks: readonly TaskSighting[], workbench: Workbench): Promise<void> {
    const listed = new Set(tasks.map(({ launch }) => launch));
    await refreshAgents(deps, ({ launch, instance: id }) => {
      const instance = workbench.get(id);
      if (instance === undefined) return true;
      const isOurs = instance.launch?.id === launch && instance.launch.arn !== undefined;
      return listed.has(launch) || (isOurs && !isTerminal(instance.condition));
    });
  }

  async function learnEnds(tasks: readonly TaskSighting[], workbench: Workbench): Promise<boolean> {
    const running = new Map(tasks.map((task) => [task.arn, task]));
    const silent = workbench
      .all()
      .flatMap(({ id, launch, condition }) =>
        launch?.arn === undefined || isTerminal(condition) ? [] : [{ id, arn: launch.arn, launch }],
      );
    const lost = silent.filter(({ arn }) => !running.has(arn));
    const asked = new Map((await cluster.describeTasks(lost.map(({ arn }) => arn))).map((task) => [task.arn, task]));
    const results = await pMap(
      silent,
      async ({ id, arn, launch }) => {
        const task = running.get(arn) ?? asked.get(arn);
        if (task !== undefined) return workbench.apply(id, { kind: 'seen', task });
        if (!isAbsenceFinal(launch, clock.now())) return undefined;
        return workbench.apply(id, { kind: 'vanished', launch: launch.id, reason: 'ECS does not know the task' });
      },
      { concurrency: CALLS_AT_ONCE },
    );
    return results.some((result) => result !== undefined);
  }

  /** The instance that a task was started for, if its launch leads to one. */
  async function instanceOf({ launch }: TaskSighting): Promise<Instance | 'unreadable' | undefined> {
    try {
      const key = launch === undefined ? undefined : await state.instances.findLaunch(launch);
      return key === undefined ? undefined : (await state.instances.get(key))?.value;
    } catch (error) {
      if (!(error instanceof UndecodableItem)) throw error;
      return 'unreadable';
    }
  }

  async function stopStrays(tasks: readonly TaskSighting[], workbench: Workbench): Promise<void> {
    const group = taskGroup(config);
    const known = new Set(workbench.all().map((instance) => instance.launch?.id));
    const strays = tasks.filter(
      (task) => task.group === group && (task.launch === undefined || !known.has(task.launch)),
    );
    const orphans = new Set<string>();
    await pMap(
      strays,
      async (task) => {
        const instance = await instanceOf(task);
        if (instance === 'unreadable' || (instance !== undefined && instance.launch?.id === task.launch)) return;
        // A launch id that an instance has left behind is superseded for good; one that nobody knows must age.
        const superseded = instance?.launch !== undefined;
        const old = (task.createdAt ?? clock.now()) < clock.now() - ORPHAN_AGE;
        if (superseded || (old && suspects.has(task.arn))) {
          log.info('stray task stopped', { task: task.arn, launch: task.launch, superseded });
          await budget.take();
          await cluster.stopTask(task.arn, superseded ? 'superseded launch' : 'no instance knows this task');
        } else orphans.add(task.arn);
      },
      { concurrency: CALLS_AT_ONCE },
    );
    suspects = orphans;
  }

  return { observeAgents, learnEnds, stopStrays };
}
