import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEcsCluster } from '../../lib/aws/ecs/ecs-cluster.ts';
import { agentEntry } from '../../localstack/agents/agent-spec.ts';
import { settleAgents } from '../../localstack/agents/settle-agents.ts';
import { type LocalAws, startLocalAws } from '../localstack/ecs/local-aws.ts';

const DISKS = [
  { type: 'mount', path: '/mnt/ssd', size: 102_400, profile: 'fast' },
  { type: 'path', path: '/data', size: 204_800 },
];

const SLOTS = { 'stride:task-interfaces': '3', 'stride:volume-attachments': '20' };

function clusterOf({ ecs }: LocalAws) {
  const describeHosts = async () => [];
  return createEcsCluster({ client: ecs, launchClient: ecs, cluster: 'stride', describeHosts });
}

let local: LocalAws;
beforeEach(async () => {
  const agents = [
    agentEntry.parse({ host: '127.0.0.11', disks: DISKS, tags: SLOTS }),
    agentEntry.parse({ host: '127.0.0.12' }),
  ];
  local = await startLocalAws({ agents: settleAgents(agents) });
});
afterEach(() => local.close());

test('slots are counted where tags say how many there are', async () => {
  const cluster = clusterOf(local);
  expect((await cluster.listAgents()).map(({ slots }) => slots)).toEqual(
    expect.arrayContaining([{ interfaces: 3, attachments: 20 }, undefined]),
  );
});

test('disks besides the root disk are read from the tag of the container instance', async () => {
  const agents = await clusterOf(local).listAgents();
  expect(agents.map(({ disks }) => disks).toSorted((a, b) => (b?.length ?? 0) - (a?.length ?? 0))).toEqual([
    DISKS,
    undefined,
  ]);
  expect(agents.map(({ registered }) => registered.disk)).toEqual([20_480, 20_480]);
});
