import pMap from 'p-map';
import type { StartOutcome } from '../../lib/gateways/cluster.ts';
import { enforcesRole } from '../../lib/group/enforces-role.ts';
import { checksAtLaunch } from '../../lib/health/instance-health.ts';
import { renderStartTask } from '../../lib/launch/start-task.ts';
import { renderTaskDefinition } from '../../lib/launch/task-definition.ts';
import { type Agent, toInstanceAgent } from '../../lib/model/agent.ts';
import type { AgentId, InstanceId, LaunchId } from '../../lib/model/ids.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { AppSpec } from '../../lib/model/run-spec.ts';
import type { Placement } from '../../lib/model/schedule.ts';
import { bridgePortsOf, isBridged } from '../../lib/model/spec-ports.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import { placeable, type StoredAgent } from '../../lib/state/agents.ts';
import { claimsOf, type HeldClaim, toAgentClaims } from '../../lib/state/claims.ts';
import type { PassDeps } from './deps.ts';
import { combine, DONE, type Outlook } from './outlook.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workbench } from './workbench.ts';

const STARTS_AT_ONCE = 10;
/** About half a second of ECS's budget: after these the launcher looks whether something else comes first. */
const CHUNK = 20;
/** How long an agent that refused a launch is left out, while its facts are read anew. Milliseconds. */
const AVOID_TIME = 10_000;
/** After a throttled call. Milliseconds. */
const THROTTLE_PAUSE = 1_000;
/** After a task definition that ECS refused. Milliseconds. */
const REGISTRATION_PAUSE = 30_000;
/** The first look for a launch whose StartTask gave no answer. Milliseconds. */
const FIRST_LOOK = 5_000;

/** Refusals that say our picture of the agent is stale; nothing is wrong with the run spec (aws.md §1.3). */
const STALE_AGENT = /^(RESOURCE:|AGENT$|MISSING$|INACTIVE$)/;

const AGAIN: Outlook = { moved: true, dueAt: undefined };

/** A placement on its way: its launch item and its claim are written. */
interface ClaimedLaunch {
  readonly placement: Placement;
  readonly launch: LaunchId;
  /** The revision of the instance that its provisioning will replace. */
  readonly instanceRev: number;
  readonly agent: Agent;
  readonly spec: AppSpec;
  readonly taskDefinitionArn: string;
}

/** What one pass places on, and what it saw when it decided. */
export interface LaunchContext {
  /** The agents as they are in the table. */
  readonly stored: readonly StoredAgent[];
  /** The same without the claims that ended: what placement counted with. */
  readonly agents: readonly StoredAgent[];
  readonly fence: number;
  /** The definition of each instance to be placed. */
  readonly specs: ReadonlyMap<InstanceId, AppSpec>;
  /** What was decided on. */
  readonly snapshot: Snapshot;
  /** The end of the tick: nothing is started after it. */
  readonly end: Instant;
  readonly workbench: Workbench;
}

function toClaim({ placement, launch, instanceRev }: ClaimedLaunch): HeldClaim {
  const { instance, runSpec, resources, hostPorts } = placement;
  return { launch, instance, runSpec, resources, hostPorts, instanceRev };
}

export function createLauncher(deps: PassDeps) {
  const { state, cluster, clock, ids, config, log, budget } = deps;
  const definitions = new Map<string, string>();
  const avoided = new Map<AgentId, Instant>();
  let paused: Instant | undefined;

  /** ARN of the registered definition: from memory, from the table, from ECS, in this order. */
  async function taskDefinitionArn(spec: AppSpec): Promise<string> {
    const definition = renderTaskDefinition(spec, config);
    const known = definitions.get(definition.family) ?? (await state.agents.findTaskDefinition(definition.family));
    if (known !== undefined) {
      definitions.set(definition.family, known);
      return known;
    }
    const arn = await cluster.ensureTaskDefinition(definition);
    await state.agents.putTaskDefinition(definition.family, arn);
    definitions.set(definition.family, arn);
    return arn;
  }

  /** Definitions of all specs about to be launched; one that ECS refuses is left out, logged, and tried again later. */
  async function registerAll(wanted: readonly AppSpec[]): Promise<ReadonlyMap<AppSpec | undefined, string>> {
    const registered = await pMap(
      wanted,
      async (spec): Promise<readonly [AppSpec, string] | undefined> => {
        try {
          return [spec, await taskDefinitionArn(spec)];
        } catch (error) {
          log.error('task definition refused', error, { runSpec: spec.id });
          return undefined;
        }
      },
      { concurrency: STARTS_AT_ONCE },
    );
    return new Map(registered.filter((pair) => pair !== undefined));
  }

  /** Marks the instance Provisioned and starts its task; every outcome leaves a state that the next pass settles. */
  async function start(claimed: ClaimedLaunch, { snapshot, workbench }: LaunchContext): Promise<Outlook> {
    const { placement, launch, agent, spec } = claimed;
    const provisioned = await workbench.apply(placement.instance, {
      kind: 'provision',
      launch,
      agent: toInstanceAgent(agent),
      hostPorts: placement.hostPorts,
      checks: checksAtLaunch(spec),
      ...(isBridged(spec) && { bridgePorts: bridgePortsOf(spec.container?.portMappings ?? []) }),
    });
    if (provisioned === undefined) return AGAIN;
    await budget.take();
    const outcome = await cluster.startTask(
      renderStartTask({
        spec,
        instance: provisioned,
        agent: { arn: agent.facts.arn, host: agent.host.host },
        hostPorts: placement.hostPorts,
        launch,
        taskDefinitionArn: claimed.taskDefinitionArn,
        enforceGroupRole: enforcesRole(snapshot.entries, spec.id),
        config,
      }),
    );
    return settleStart(claimed, outcome, workbench);
  }

  async function settleStart(
    { placement, launch }: ClaimedLaunch,
    outcome: StartOutcome,
    workbench: Workbench,
  ): Promise<Outlook> {
    const now = clock.now();
    switch (outcome.kind) {
      case 'started':
        await workbench.apply(placement.instance, { kind: 'seen', task: outcome.task });
        return DONE;
      case 'throttled':
        await workbench.apply(placement.instance, { kind: 'notStarted', launch });
        budget.exhaust();
        paused = now + THROTTLE_PAUSE;
        return { moved: false, dueAt: paused };
      case 'refused': {
        const reason = outcome.detail === '' ? outcome.reason : `${outcome.reason}: ${outcome.detail}`;
        log.info('StartTask refused', { instance: placement.instance, agent: placement.agent, reason });
        if (STALE_AGENT.test(outcome.reason)) {
          avoided.set(placement.agent, now + AVOID_TIME);
          await workbench.apply(placement.instance, { kind: 'notStarted', launch });
        } else await workbench.apply(placement.instance, { kind: 'rejected', launch, reason });
        return AGAIN;
      }
      case 'unknown':
        log.info('StartTask without an answer', { instance: placement.instance, launch, detail: outcome.detail });
        return { moved: false, dueAt: now + FIRST_LOOK };
    }
  }

  /** Claims of one agent in one conditional write: those that ended go, new ones come. Undefined: another was first. */
  async function claim(
    { id, claims }: StoredAgent,
    wanted: readonly Omit<ClaimedLaunch, 'launch'>[],
    fence: number,
  ): Promise<readonly ClaimedLaunch[] | undefined> {
    const launches = await pMap(
      wanted,
      async (item): Promise<ClaimedLaunch> => {
        const launch = ids.uuid() as LaunchId;
        await state.instances.putLaunch(launch, { runSpec: item.spec.id, id: item.placement.instance });
        return { ...item, launch };
      },
      { concurrency: STARTS_AT_ONCE },
    );
    const next = toAgentClaims(id, fence, [...claimsOf(claims.value), ...launches.map(toClaim)]);
    return (await state.agents.replaceClaims(next, claims.rev)) ? launches : undefined;
  }

  /**
   * Whether what was decided on is still what comes next: a changed root takes effect at once, and news of other run
   * specs does not wait behind a large launch, which may itself be the cause of all news of its own ones.
   */
  async function comesNext({ snapshot, end }: LaunchContext, launching: ReadonlySet<PathId>): Promise<boolean> {
    if (clock.now() >= end) return false;
    const [root, dirty] = await Promise.all([state.definitions.readRoot(), state.coordination.listDirty()]);
    const known = new Map(snapshot.dirty.map(({ runSpec, mark }) => [runSpec, mark]));
    const hasNews = dirty.some(({ runSpec, mark }) => !launching.has(runSpec) && known.get(runSpec) !== mark);
    return root.value.seq === snapshot.root.value.seq && !hasNews;
  }

  /** Starts what is claimed, chunk by chunk, as long as nothing else comes first. */
  async function startAll(claimed: readonly ClaimedLaunch[], context: LaunchContext): Promise<Outlook> {
    const launching = new Set(claimed.map(({ spec }) => spec.id));
    let outlook = DONE;
    for (let from = 0; from < claimed.length; from += CHUNK) {
      if (from > 0 && !(await comesNext(context, launching))) return combine(outlook, AGAIN);
      const chunk = claimed.slice(from, from + CHUNK);
      const outlooks = await pMap(chunk, (item) => start(item, context), { concurrency: STARTS_AT_ONCE });
      outlook = outlooks.reduce(combine, outlook);
      if (pausedUntil() !== undefined) return outlook;
    }
    return outlook;
  }

  /** Until when ECS's throttle is waited for; undefined when it is not. */
  function pausedUntil(): Instant | undefined {
    if (paused !== undefined && paused <= clock.now()) paused = undefined;
    return paused;
  }

  /**
   * Commits placements and starts them. An agent whose write is lost keeps its claims, and its placements are made
   * again from a fresh view.
   */
  async function launch(placements: readonly Placement[], context: LaunchContext): Promise<Outlook> {
    const { agents, stored, specs, workbench } = context;
    const byAgent = Map.groupBy(placements, (placement) => placement.agent);
    const agentById = new Map<AgentId, Agent>(placeable(agents).map((agent) => [agent.facts.id, agent]));
    const claimsBefore = new Map(stored.map(({ id, claims }) => [id, claims.value.lines.length]));
    const arns = await registerAll([...new Set(placements.flatMap(({ instance }) => specs.get(instance) ?? []))]);
    const refused = placements.some(({ instance }) => !arns.has(specs.get(instance)));
    let outlook: Outlook = refused ? { moved: false, dueAt: clock.now() + REGISTRATION_PAUSE } : DONE;

    const toClaims = (placement: Placement): readonly Omit<ClaimedLaunch, 'launch'>[] => {
      const spec = specs.get(placement.instance);
      const [agent, taskDefinitionArn] = [agentById.get(placement.agent), arns.get(spec)];
      const instanceRev = workbench.stored(placement.instance)?.rev;
      if (agent === undefined || spec === undefined) return [];
      return taskDefinitionArn === undefined || instanceRev === undefined
        ? []
        : [{ placement, agent, spec, taskDefinitionArn, instanceRev }];
    };
    const claimed = await pMap(
      agents,
      async (agent) => {
        const wanted = (byAgent.get(agent.id) ?? []).flatMap(toClaims);
        if (wanted.length === 0 && agent.claims.value.lines.length === claimsBefore.get(agent.id)) return [];
        const launches = await claim(agent, wanted, context.fence);
        if (launches === undefined) outlook = combine(outlook, AGAIN);
        return launches ?? [];
      },
      { concurrency: STARTS_AT_ONCE },
    );
    // Claims are by agent; starts are in the plan's order, which is fair to all run specs.
    const byInstance = new Map(claimed.flat().map((one) => [one.placement.instance, one]));
    const inOrder = placements.flatMap(({ instance }) => byInstance.get(instance) ?? []);
    return combine(outlook, await startAll(inOrder, context));
  }

  /** Agents that are left out for now, and until when. */
  function avoidedAgents(): ReadonlyMap<AgentId, Instant> {
    for (const [id, until] of avoided) if (until <= clock.now()) avoided.delete(id);
    return avoided;
  }

  return { launch, avoidedAgents, pausedUntil };
}

export type Launcher = ReturnType<typeof createLauncher>;
