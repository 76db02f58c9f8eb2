import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEcsCluster } from '../../lib/aws/ecs/ecs-cluster.ts';
import { agentEntry } from '../../localstack/agents/agent-spec.ts';
import { settleAgents } from '../../localstack/agents/settle-agents.ts';
import { type LocalAws, startLocalAws } from '../localstack/ecs/local-aws.ts';

const DISKS = [
  { type: 'mount', path: '/mnt/ssd', size: 102_400, profile: 'fast' },
  { type: 'path', path: '/data', size: 204_800 },
];

let local: LocalAws;
beforeEach(async () => {
  const agents = [agentEntry.parse({ host: '127.0.0.11', disks: DISKS }), agentEntry.parse({ host: '127.0.0.12' })];
  local = await startLocalAws({ agents: settleAgents(agents) });
});
afterEach(() => local.close());

test('disks besides the root disk are read from the tag of the container instance', async () => {
  const describeHosts = async () => [];
  const cluster = createEcsCluster({ client: local.ecs, launchClient: local.ecs, cluster: 'stride', describeHosts });
  const agents = await cluster.listAgents();
  expect(agents.map(({ disks }) => disks).toSorted((a, b) => (b?.length ?? 0) - (a?.length ?? 0))).toEqual([
    DISKS,
    undefined,
  ]);
  expect(agents.map(({ registered }) => registered.disk)).toEqual([20_480, 20_480]);
});
