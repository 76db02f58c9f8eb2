import { beforeEach, expect, it } from 'vitest';
import { withStandingClaims } from '../../../functions/scheduler-tick/claims.ts';
import type { Snapshot } from '../../../functions/scheduler-tick/snapshot.ts';
import { createWorkbench } from '../../../functions/scheduler-tick/workbench.ts';
import type { Clock } from '../../../lib/gateways/clock.ts';
import type { Cluster } from '../../../lib/gateways/cluster.ts';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import { type AgentId, type LaunchId, type TaskArn, toInstanceId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { NO_RESOURCES } from '../../../lib/model/resources.ts';
import type { TaskSighting } from '../../../lib/model/task.ts';
import { claimsOf, type HeldClaim, toAgentClaims } from '../../../lib/state/claims.ts';
import { createState, type State } from '../../../lib/state/state.ts';
import { EPOCH } from '../../fixtures/an-app.ts';

const APP = resolvePathId('/app');
const NAMES = ['runs', 'stopped', 'unknown', 'told', 'unnoted'] as const;
const claimOf = (name: string): HeldClaim => ({
  launch: name as LaunchId,
  instance: toInstanceId(APP, name),
  runSpec: APP,
  resources: NO_RESOURCES,
  hostPorts: [],
  instanceRev: 1,
});

let state: State;
/** What ECS was asked. */
let asked: readonly (readonly string[])[];
beforeEach(async () => {
  state = createState(createMemoryStore(), 'stride');
  asked = [];
  for (const name of NAMES) {
    const { launch, instance: id } = claimOf(name);
    await state.instances.putLaunch(launch, { runSpec: APP, id });
    if (name !== 'unnoted')
      await state.instances.retireLaunch(launch, EPOCH, name === 'told', name as string as TaskArn);
  }
});

const clock = { now: () => EPOCH } as unknown as Clock;
const taskOf = (name: string, lastStatus: string) =>
  ({ arn: name, launch: name, lastStatus }) as unknown as TaskSighting;
const cluster = {
  describeTasks: async (arns: readonly TaskArn[]) => {
    asked = [...asked, ['describe', ...arns.toSorted()]];
    return [taskOf('runs', 'RUNNING'), taskOf('stopped', 'STOPPED')];
  },
  findTasks: async (launch: LaunchId) => {
    asked = [...asked, ['find', launch]];
    return [taskOf('unnoted', 'STOPPED')];
  },
} as unknown as Cluster;

async function standing(walk: boolean): Promise<readonly string[]> {
  const runSpecs = new Map([[APP, { view: { id: APP }, stored: [] }]]);
  const read = { runSpecs, quarantined: new Set() } as unknown as Snapshot;
  const agent = 'i-1' as AgentId;
  const agents = [{ id: agent, claims: { value: toAgentClaims(agent, 1, NAMES.map(claimOf)), rev: 1 } }];
  const kept = await withStandingClaims({ state, cluster }, agents, read, createWorkbench(state, clock, read), walk);
  return kept.flatMap(({ claims }) => claimsOf(claims.value).map(({ launch }) => launch));
}

it('claims of instances that are gone stand until the end of their tasks is told', async () => {
  expect(await standing(false)).toEqual(['runs', 'stopped', 'unknown', 'unnoted']);
  expect(asked).toEqual([]);
});

it('such claims are judged by ECS on a walk, with one call for all tasks that are known by name', async () => {
  expect(await standing(true)).toEqual(['runs']);
  expect(asked).toEqual([
    ['find', 'unnoted'],
    ['describe', 'runs', 'stopped', 'unknown'],
  ]);
});
