import pMap from 'p-map';
import { isTerminal } from '../../lib/model/instance.ts';
import type { TaskSighting } from '../../lib/model/task.ts';
import { type TickDeps, taskGroup } from './deps.ts';
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
export function createSweep(deps: TickDeps) {
  const { state, cluster, clock, config, log } = deps;
  let suspects: ReadonlySet<string> = new Set();

  /** Lists the cluster's tasks and brings agents and their usage by others up to date. */
  async function observe(): Promise<readonly TaskSighting[]> {
    const tasks = await cluster.listTasks();
    await refreshAgents(deps, tasks);
    return tasks;
  }

  async function learnEnds(tasks: readonly TaskSighting[], workbench: Workbench): Promise<boolean> {
    const running = new Map(tasks.map((task) => [task.arn, task]));
    const silent = workbench
      .all()
      .flatMap(({ id, launch, condition }) =>
        launch?.arn === undefined || isTerminal(condition) ? [] : [{ id, arn: launch.arn, launch: launch.id }],
      );
    const lost = silent.filter(({ arn }) => !running.has(arn));
    const asked = new Map((await cluster.describeTasks(lost.map(({ arn }) => arn))).map((task) => [task.arn, task]));
    const results = await pMap(
      silent,
      async ({ id, arn, launch }) => {
        const task = running.get(arn) ?? asked.get(arn);
        return workbench.apply(
          id,
          task === undefined
            ? { kind: 'vanished', launch, reason: 'ECS does not know the task' }
            : { kind: 'seen', task },
        );
      },
      { concurrency: CALLS_AT_ONCE },
    );
    return results.some((result) => result !== undefined);
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
        const key = task.launch === undefined ? undefined : await state.instances.findLaunch(task.launch);
        const instance = key === undefined ? undefined : await state.instances.get(key);
        if (instance !== undefined && instance.value.launch?.id === task.launch) return;
        // A launch id that an instance has left behind is superseded for good; one that nobody knows must age.
        const superseded = instance?.value.launch !== undefined;
        const old = (task.createdAt ?? clock.now()) < clock.now() - ORPHAN_AGE;
        if (superseded || (old && suspects.has(task.arn))) {
          log.info('stray task stopped', { task: task.arn, launch: task.launch, superseded });
          await cluster.stopTask(task.arn, superseded ? 'superseded launch' : 'no instance knows this task');
        } else orphans.add(task.arn);
      },
      { concurrency: CALLS_AT_ONCE },
    );
    suspects = orphans;
  }

  return { observe, learnEnds, stopStrays };
}
