import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentSpec } from '../agents/agent-spec.ts';
import { AwsError, type AwsService, type EventBridgeEvent } from '../endpoint/aws-service.ts';
import { throttle } from '../endpoint/throttle.ts';
import type { ContainerRuntime } from '../runtime/container-runtime.ts';
import { killLeftOvers } from '../runtime/left-overs.ts';
import { type AgentControl, createAgentControl } from './agent-control.ts';
import { toClusterArn } from './arns.ts';
import { type EcsState, openEcsState } from './ecs-state.ts';
import { attributeOperations } from './operations/attributes.ts';
import { clusterOperations } from './operations/clusters.ts';
import { containerInstanceOperations } from './operations/container-instances.ts';
import type { Operation } from './operations/operation.ts';
import { registerTaskDefinitionOperations } from './operations/register-task-definition.ts';
import { RUN_TOKEN_MS, runTaskOperations } from './operations/run-task.ts';
import { startTaskOperations } from './operations/start-task.ts';
import { tagOperations } from './operations/tags.ts';
import { taskDefinitionOperations } from './operations/task-definitions.ts';
import { taskOperations } from './operations/tasks.ts';
import { createStateChanges, type StateChanges } from './state-changes.ts';
import { createTaskAgents } from './task-agents.ts';
import { ECS_THROTTLE } from './throttle-rules.ts';

export interface EcsDeps {
  /** Holds `ecs.db` and the sandboxes, `agents/…`; made if missing. */
  readonly dataDir: string;
  /** Keeps the state in memory; sandboxes are in `dataDir` all the same. */
  readonly ephemeral: boolean;
  /** The cluster that the agents join; it exists from the start. */
  readonly cluster: string;
  readonly agents: readonly AgentSpec[];
  readonly runtime: ContainerRuntime;
  /** Where state-change events go: the local EventBridge's default bus. */
  readonly emit: (event: EventBridgeEvent) => void;
  readonly now?: () => number;
  /** From 0 up to 1: where RunTask places tasks, how far reads lag. */
  readonly random?: () => number;
  /** AWS's request limits (aws.md §1.2); off unless given. */
  readonly throttling?: boolean;
  /** List and describe calls show what was up to so many milliseconds ago; 0 unless given. */
  readonly maxLagMs?: number;
}

export interface Ecs extends AgentControl {
  readonly service: AwsService;
  setThrottling(on: boolean): void;
  /** Reads lag from the next change on: what was before is not remembered. */
  setMaxLag(ms: number): void;
  /**
   * Kills what an earlier run left behind, registers the agents and ends the tasks of the earlier run, with their
   * events. Calls are refused before.
   */
  start(): Promise<void>;
  /**
   * Refuses further calls and ends every process: SIGTERM, SIGKILL after the grace (2 s unless given). Tasks stay
   * stored as they were and end at the next `start`, as after a SIGKILL: nobody listens for their events any more.
   */
  stop(graceMs?: number): Promise<void>;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...attributeOperations,
  ...clusterOperations,
  ...containerInstanceOperations,
  ...registerTaskDefinitionOperations,
  ...runTaskOperations,
  ...startTaskOperations,
  ...tagOperations,
  ...taskDefinitionOperations,
  ...taskOperations,
};

/** They read the state as it was a moment ago, as ECS's may (aws.md §1.1). */
const LAGGING = [
  'DescribeClusters',
  'DescribeContainerInstances',
  'DescribeTaskDefinition',
  'DescribeTasks',
  'ListAttributes',
  'ListContainerInstances',
  'ListTaskDefinitionFamilies',
  'ListTaskDefinitions',
  'ListTasks',
];

/** ECS shows a stopped task for at least an hour (aws.md §1.1). */
const STOPPED_TASK_MS = 60 * 60 * 1000;
const FORGET_EVERY_MS = 60 * 1000;
const STOP_GRACE_MS = 2000;

/** ECS of the local cloud for an external scheduler: container instances that really run tasks, limits, events. */
export function createEcs(deps: EcsDeps): Ecs {
  const { dataDir, cluster, now = Date.now, random = Math.random } = deps;
  mkdirSync(dataDir, { recursive: true });
  let { throttling = false, maxLagMs = 0 } = deps;
  let rememberedMs = 0;
  const remembering = { now, keepMs: () => Math.max(maxLagMs, rememberedMs) };
  const state = openEcsState(deps.ephemeral ? ':memory:' : join(dataDir, 'ecs.db'), remembering);
  const changes = createStateChanges(state, deps.emit, now);
  const agents = createTaskAgents(state, changes, deps.runtime);
  const control = createAgentControl({ state, changes, agents, cluster, now });
  let running = false;
  let forgetTimer: NodeJS.Timeout | undefined;
  let stopped: Promise<void> | undefined;

  const service: AwsService = {
    name: 'ecs',
    protocol: 'json1.1',
    operations: Object.keys(OPERATIONS),
    lag: {
      operations: LAGGING,
      remember(ms) {
        rememberedMs = ms;
      },
    },
    async call({ operation, input, accessKeyId, lagMs = random() * maxLagMs }) {
      if (!running) throw new AwsError('ServerException', 'ECS of the local cloud is not running', 500);
      const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
      if (run !== undefined) {
        const view = lagMs === 0 ? state : state.asOf(now() - lagMs);
        return run(input, { state, view, changes, agents, now, random, accessKeyId });
      }
      const served = Object.keys(OPERATIONS).toSorted().join(', ');
      throw new AwsError(
        'UnknownOperationException',
        `ECS of the local cloud does not serve ${operation}; it serves ${served}`,
      );
    },
  };
  const stop = async (graceMs: number) => {
    running = false;
    clearInterval(forgetTimer);
    await agents.close(graceMs);
    await killLeftOvers(dataDir);
    state.close();
  };
  return {
    ...control,
    service: throttle(service, ECS_THROTTLE, { now, isOn: () => throttling }),
    setThrottling(on) {
      throttling = on;
    },
    setMaxLag(ms) {
      maxLagMs = ms;
    },
    async start() {
      await killLeftOvers(dataDir);
      const arn = toClusterArn(cluster);
      if (state.clusters.get(arn) === undefined) state.clusters.put({ name: cluster, arn, tags: {} });
      endTasksOfEarlierRun(state, changes);
      control.registerAll(deps.agents);
      forgetTimer = setInterval(() => forget(state, now()), FORGET_EVERY_MS).unref();
      running = true;
    },
    stop(graceMs = STOP_GRACE_MS) {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

function endTasksOfEarlierRun(state: EcsState, changes: StateChanges): void {
  for (const { arn, lastStatus } of [...state.tasks.values()]) {
    if (lastStatus === 'STOPPED') continue;
    changes.changeTask(arn, { kind: 'host-lost', reason: 'Host lost: the local cloud was restarted' });
  }
}

/** Stopped tasks, used client tokens, deleted definitions that nothing runs any more. */
function forget(state: EcsState, now: number): void {
  const running = new Set<string>();
  for (const { arn, definitionArn, lastStatus, stoppedAt } of [...state.tasks.values()]) {
    if (stoppedAt !== undefined && stoppedAt < now - STOPPED_TASK_MS) state.tasks.delete(arn);
    if (lastStatus !== 'STOPPED') running.add(definitionArn);
  }
  for (const { id, at } of [...state.runTokens.values()]) if (at < now - RUN_TOKEN_MS) state.runTokens.delete(id);
  for (const { arn, status } of [...state.definitions.values()]) {
    if (status === 'DELETE_IN_PROGRESS' && !running.has(arn)) state.definitions.delete(arn);
  }
}
