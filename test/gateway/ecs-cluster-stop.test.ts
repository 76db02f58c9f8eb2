import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEcsCluster } from '../../lib/aws/ecs/ecs-cluster.ts';
import { type Cluster, ClusterUnavailable } from '../../lib/gateways/cluster.ts';
import type { TaskArn } from '../../lib/model/ids.ts';
import { type LocalAws, registerShell, startLocalAws, startTask, untilStatus } from '../localstack/ecs/local-aws.ts';

let local: LocalAws;
let cluster: Cluster;
beforeEach(async () => {
  local = await startLocalAws();
  const describeHosts = async () => [];
  cluster = createEcsCluster({ client: local.ecs, launchClient: local.ecs, cluster: 'stride', describeHosts });
});
afterEach(() => local.close());

const started = async (): Promise<TaskArn> => {
  const arn = (await startTask(local, await registerShell(local, 'sleep 300'))) as TaskArn;
  await untilStatus(local, arn, 'RUNNING');
  return arn;
};

test('a task that is told to stop: ECS answers with what it is then', async () => {
  const arn = await started();
  const [before] = await cluster.describeTasks([arn]);
  expect(await cluster.stopTask(arn, 'scaled down')).toMatchObject({
    kind: 'stopping',
    task: { arn, desiredStatus: 'STOPPED', version: (before?.version ?? 0) + 1, stopCode: 'UserInitiated' },
  });
});

test('a task that has stopped: ECS answers with its end', async () => {
  const arn = await started();
  await cluster.stopTask(arn, 'scaled down');
  await untilStatus(local, arn, 'STOPPED');
  expect(await cluster.stopTask(arn, 'again')).toMatchObject({
    kind: 'stopping',
    task: { arn, lastStatus: 'STOPPED' },
  });
});

test('a task that ECS does not know is gone', async () => {
  const arn = (await started()).replace(/[0-9a-f]{32}$/, '0'.repeat(32)) as TaskArn;
  expect(await cluster.stopTask(arn, 'unknown')).toEqual({ kind: 'gone' });
});

test('calls beyond ECS’s limit are told, and an outage is one', async () => {
  const arn = await started();
  const failWith = (error: Error) =>
    local.ecs.middlewareStack.add(() => () => Promise.reject(error), {
      override: true,
      name: 'fails',
      step: 'initialize',
    });
  failWith(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: {}, $fault: 'client' }));
  expect(await cluster.stopTask(arn, 'too many')).toEqual({ kind: 'throttled' });
  failWith(new Error('socket hang up'));
  await expect(cluster.stopTask(arn, 'nobody there')).rejects.toThrow(ClusterUnavailable);
});
