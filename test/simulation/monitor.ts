import type { ChangeRecord, Item } from '../../lib/gateways/store.ts';
import type { Claim } from '../../lib/model/agent.ts';
import type { DeploymentPlan, DeploymentState } from '../../lib/model/deployment.ts';
import type { InstanceId, LaunchId, TaskArn } from '../../lib/model/ids.ts';
import { type Instance, isActive, isTerminal } from '../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../lib/model/launch-queue.ts';
import type { Outbox } from '../../lib/model/outbox.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import { addResources, NO_RESOURCES } from '../../lib/model/resources.ts';
import type { Root } from '../../lib/model/root.ts';
import type { TaskSighting } from '../../lib/model/task.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import { CLAIMS } from '../../lib/state/agents.ts';
import { type AgentClaims, claimsOf } from '../../lib/state/claims.ts';
import { decodeItem, type Versioned } from '../../lib/state/items.ts';
import { createCapacityWatch } from './capacity-watch.ts';
import { createDeploymentWatch } from './deployment-watch.ts';
import { createHealthWatch } from './health-watch.ts';
import { EACH_AGENT } from './simulated-cluster.ts';
import { createTreeWatch } from './tree-watch.ts';
import type { VirtualClock } from './virtual-clock.ts';

interface MonitorOptions {
  readonly clock: VirtualClock;
  /** The repository's, which knows the texts that its own system has just written. */
  readonly decodeInstance: (item: Item) => Versioned<Instance>;
  /** From when on nothing has disturbed the ticks. */
  readonly quietSince: () => Instant;
  readonly keepsAnnouncements: boolean;
}

/**
 * Watches every change of the table and of every task, and writes down each moment at which something holds that never
 * may: two live tasks of one launch, more live tasks or instances than allowed, one host port twice, more promised on
 * an agent than it has, a live task whose instance counts on it without a claim. Each check looks only at what the
 * change touched, so that watching ten thousand instances costs no more for each of them than watching ten.
 */
export function createMonitor({ clock, decodeInstance, quietSince, keepsAnnouncements }: MonitorOptions) {
  const violations = new Set<string>();
  const live = new Map<TaskArn, TaskSighting>();
  const arnsOf = new Map<LaunchId, Set<TaskArn>>();
  const launchOf = new Map<TaskArn, LaunchId>();
  const portHolders = new Map<string, LaunchId>();
  const claims = new Map<string, readonly Claim[]>();
  const launchesOf = new Map<string, Set<LaunchId>>();
  const claimed = new Set<LaunchId>();
  const everClaimed = new Map<LaunchId, Claim>();
  const instances = new Map<string, Instance>();
  const instanceOf = new Map<LaunchId, string>();
  const activeOf = new Map<PathId, Set<string>>();
  const limits = new Map<PathId, number>();
  const outboxes = new Map<string, string>();
  const violated = (what: string): void => void violations.add(what);
  const tree = createTreeWatch(violated);
  const health = createHealthWatch(violated);
  const { specsOf } = tree;
  const deployments = createDeploymentWatch({ violated, specsOf, now: clock.now, after: clock.after, quietSince });
  const capacity = createCapacityWatch({ violated, specsOf, deployments });
  let mostLive = 0;
  let changes = 0;
  let limit = Number.POSITIVE_INFINITY;

  const portsOf = ({ launch, containerInstance }: TaskSighting): readonly string[] =>
    (launch === undefined ? [] : (everClaimed.get(launch)?.hostPorts ?? [])).map(
      (port) => `${containerInstance}:${port}`,
    );

  function taskStarted(task: TaskSighting): void {
    const { launch } = task;
    live.set(task.arn, task);
    mostLive = Math.max(mostLive, live.size);
    if (live.size > limit) violations.add(`${live.size} tasks live, ${limit} allowed`);
    if (launch === undefined) return;
    launchOf.set(task.arn, launch);
    const arns = arnsOf.get(launch) ?? new Set();
    arnsOf.set(launch, arns.add(task.arn));
    if (arns.size > 1) violations.add(`two live tasks of launch ${launch}`);
    for (const port of portsOf(task)) {
      if (portHolders.has(port)) violations.add(`host port ${port} taken twice`);
      portHolders.set(port, launch);
    }
    checkClaimOf(launch);
    checkOneTask(launch);
  }

  function taskEnded(task: TaskSighting): void {
    if (!live.delete(task.arn) || task.launch === undefined) return;
    arnsOf.get(task.launch)?.delete(task.arn);
    for (const port of portsOf(task)) if (portHolders.get(port) === task.launch) portHolders.delete(port);
  }

  /** An instance has one task at a time: its launch is given up only when no task of it can come any more. */
  function checkOneTask(launch: LaunchId): void {
    const instance = everClaimed.get(launch)?.instance;
    if (instance === undefined) return;
    const others = [...(launchesOf.get(instance) ?? [])].filter((one) => (arnsOf.get(one)?.size ?? 0) > 0);
    if (others.length > 1) violations.add(`two live tasks of instance ${instance}`);
  }

  /** Running deployments share no run spec: a forced change ends those it pushes out. */
  function rootStored(root: Root, outbox: Outbox | undefined, at: Instant): void {
    tree.rootStored(root, at);
    const records = outbox?.deployments ?? [];
    deployments.rootStored(root, records);
    for (const { id, end } of records) {
      const plan = end?.outcome === 'succeeded' ? deployments.planOf(id) : undefined;
      if (plan !== undefined) capacity.succeeded(plan);
    }
    capacity.refresh(at);
    const holders = new Map<PathId, string>();
    for (const id of Object.keys(root.running)) {
      for (const runSpec of deployments.planOf(id)?.affected ?? []) {
        if (holders.has(runSpec)) violations.add(`${runSpec} is held by two deployments`);
        holders.set(runSpec, id);
      }
    }
  }

  /** What an instance says of its task: the ARN is of its own launch, and nothing has ended that lives. */
  function checkTask({ id, launch, condition }: Instance): void {
    if (launch === undefined) return;
    const alien = launch.arn !== undefined && launchOf.get(launch.arn) !== launch.id;
    if (alien) violations.add(`${id} counts on a task of another launch`);
    const lives = (arnsOf.get(launch.id)?.size ?? 0) > 0;
    if (isTerminal(condition) && lives) violations.add(`${id} is ${condition} and its task lives`);
  }

  /** A task that its instance counts on and that is wanted is told to stop only for its health, or as overdue. */
  function checkStop(arn: TaskArn): void {
    const launch = launchOf.get(arn);
    const instance = launch === undefined ? undefined : instances.get(instanceOf.get(launch) ?? '');
    if (instance === undefined || instance.launch?.id !== launch || instance.goal !== 'Running') return;
    if (instance.unhealthy !== undefined) {
      // One whose end was not told yet answers nobody either.
      if (live.has(arn)) health.killed(arn);
    } else if (!isTerminal(instance.condition) && instance.overdue !== true)
      violations.add(`the task of ${instance.id} is told to stop and is wanted`);
  }

  /** What is known of one launch only grows. */
  function checkProgress(before: Instance, after: Instance): void {
    if (before.launch === undefined || after.launch?.id !== before.launch.id) return;
    if (after.launch.ecsVersion < before.launch.ecsVersion) violations.add(`${after.id} forgot what ECS said`);
    const reopened = isTerminal(before.condition) && !isTerminal(after.condition);
    if (reopened) violations.add(`${after.id} came back from ${before.condition} to ${after.condition}`);
    if (before.goal === 'Decommissioned' && after.goal !== 'Decommissioned')
      violations.add(`${after.id} was let go and is wanted`);
  }

  /** A live task whose instance counts on it needs its claim. */
  function checkClaimOf(launch: LaunchId): void {
    const isLive = (arnsOf.get(launch)?.size ?? 0) > 0;
    const instance = instances.get(instanceOf.get(launch) ?? '');
    if (!isLive || claimed.has(launch) || instance?.launch?.id !== launch || isTerminal(instance.condition)) return;
    violations.add(`the task of ${instance.id} runs without a claim`);
  }

  function claimsStored(agent: string, held: readonly Claim[]): void {
    const gone = (claims.get(agent) ?? []).filter(({ launch }) => !held.some((claim) => claim.launch === launch));
    for (const { launch } of gone) claimed.delete(launch);
    for (const claim of held) {
      claimed.add(claim.launch);
      everClaimed.set(claim.launch, claim);
      const launches = launchesOf.get(claim.instance) ?? new Set();
      launchesOf.set(claim.instance, launches.add(claim.launch));
    }
    claims.set(agent, held);
    for (const { launch } of gone) checkClaimOf(launch);
    const { cpus, mem, disk } = held.reduce((sum, { resources }) => addResources(sum, resources), NO_RESOURCES);
    const over = cpus > EACH_AGENT.cpus + 1e-9 || mem > EACH_AGENT.mem || disk > EACH_AGENT.disk;
    if (over) violations.add(`${agent} is promised away: ${JSON.stringify({ cpus, mem, disk })}`);
  }

  function instanceStored(id: string, instance: Instance | undefined): void {
    const before = instances.get(id);
    if (before !== undefined) activeOf.get(before.runSpec)?.delete(id);
    if (instance === undefined) {
      instances.delete(id);
      return;
    }
    if (before !== undefined) checkProgress(before, instance);
    checkTask(instance);
    instances.set(id, instance);
    const active = activeOf.get(instance.runSpec) ?? new Set();
    activeOf.set(instance.runSpec, active);
    if (instance.goal === 'Running' && isActive(instance.condition)) active.add(id);
    const allowed = limits.get(instance.runSpec) ?? Number.POSITIVE_INFINITY;
    if (active.size > allowed)
      violations.add(`${active.size} wanted instances of ${instance.runSpec}, ${allowed} allowed`);
    if (instance.launch === undefined) return;
    instanceOf.set(instance.launch.id, id);
    checkClaimOf(instance.launch.id);
  }

  return {
    violations: (): readonly string[] => [...violations],
    health,
    deployments,
    /** The most tasks that were live at one time since the limit was last set. */
    mostLive: (): number => mostLive,
    /** Ids of all events that some write announced. */
    announced: (): ReadonlySet<string> =>
      new Set(
        [...outboxes].flatMap(([change, text]) =>
          (JSON.parse(text) as Outbox).events.map((_, index) => `${change}#${index}`),
        ),
      ),
    /** How many live tasks there may be from now on. */
    allow(tasks: number): void {
      limit = tasks;
      mostLive = live.size;
      if (live.size > limit) violations.add(`${live.size} tasks live, ${limit} allowed`);
    },
    /** How many instances of an app may be active and wanted from now on. */
    allowInstances(runSpec: PathId, count: number): void {
      limits.set(runSpec, count);
    },
    taskChanged(task: TaskSighting): void {
      if (task.lastStatus === 'STOPPED') taskEnded(task);
      else if (live.has(task.arn)) live.set(task.arn, task);
      else taskStarted(task);
    },
    /** An order to ECS; of a task: to stop. */
    ordered(arn?: TaskArn): void {
      changes += 1;
      if (arn !== undefined) checkStop(arn);
    },
    /** How many changes there were of the table, the lease aside, and orders to ECS. */
    changes: (): number => changes,
    /** What the definitions were at some moment of a time span, one text for each root. */
    treesBetween: tree.between,
    /** @param since when the writer last read the root, where that is known */
    stored({ key, item }: ChangeRecord, at: Instant, since: Instant | undefined): void {
      if (!key.pk.endsWith('#LEASE') && !key.sk.startsWith('PROBER#')) changes += 1;
      const outbox = item?.['outbox'];
      if (keepsAnnouncements && typeof outbox === 'string')
        outboxes.set(`${key.pk}/${key.sk}@${item?.['rev']}`, outbox);
      if (key.pk.includes('#INSTANCE#')) {
        const instance = item === undefined ? undefined : decodeInstance(item).value;
        const runSpec = key.pk.slice(key.pk.indexOf('#INSTANCE#') + '#INSTANCE#'.length) as PathId;
        capacity.instanceStored(runSpec, key.sk as InstanceId, instance, at);
        instanceStored(key.sk, instance);
      } else if (item !== undefined && key.sk === 'PLAN') {
        deployments.planStored(decodeItem<DeploymentPlan>(item, 'plan').value);
      } else if (item !== undefined && key.pk.includes('#DEPLOYMENT#') && key.sk === 'STATE') {
        const id = key.pk.slice(key.pk.lastIndexOf('#') + 1);
        const state = decodeItem<DeploymentState>(item, 'progress').value;
        capacity.progressStored(id, state, since);
        deployments.progressStored(id, state);
        capacity.refresh(at);
      } else if (item !== undefined && key.pk.endsWith('#QUEUE')) {
        capacity.entryStored(decodeItem<LaunchQueueEntry>(item, 'queue').value, since);
      } else if (key.pk.includes('#NODE#') || key.pk.includes('#SPEC#')) {
        tree.partStored(key, item);
      } else if (item !== undefined && key.pk.endsWith('#ROOT')) {
        rootStored(
          decodeItem<Root>(item, 'root').value,
          typeof outbox === 'string' ? JSON.parse(outbox) : undefined,
          at,
        );
      } else if (key.sk.endsWith('#CLAIMS')) {
        claimsStored(key.sk, item === undefined ? [] : claimsOf(decodeItem<AgentClaims>(item, CLAIMS).value));
      }
    },
  };
}

export type Monitor = ReturnType<typeof createMonitor>;
