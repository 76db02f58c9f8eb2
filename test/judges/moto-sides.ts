import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EBSClient } from '@aws-sdk/client-ebs';
import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, ECSClient, RegisterContainerInstanceCommand } from '@aws-sdk/client-ecs';
import { startLocalAws } from '../localstack/ecs/local-aws.ts';
import { pythonPrograms } from './judge-cache.ts';
import { startServer } from './programs.ts';

/** One of the two that answer the same calls; each has a cluster `stride` with container instances. */
export interface Side {
  readonly ecs: ECSClient;
  readonly ec2: EC2Client;
  readonly ebs: EBSClient;
  close(): Promise<void>;
}

/** Our endpoint, with simulated tasks. */
export async function startOurs(): Promise<Side> {
  const local = await startLocalAws();
  return { ecs: local.ecs, ec2: local.ec2, ebs: local.ebs, close: local.close };
}

/** moto's server. Its tasks stay as they are however often they are asked for. */
export async function startMoto(): Promise<Side> {
  const program = await pythonPrograms();
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'stride-moto-'));
  cleanUp.defer(() => rm(directory, { recursive: true }));
  const server = await startServer(program('moto_server'), (port) => ['-H', '127.0.0.1', '-p', String(port)], {
    cwd: directory,
    env: () => ({ TMPDIR: directory }),
  });
  cleanUp.defer(server.stop);
  await keepTasks(server.url);
  const client = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAMOTO', secretAccessKey: 'none' },
    maxAttempts: 1,
  };
  const side = { ecs: new ECSClient(client), ec2: new EC2Client(client), ebs: new EBSClient(client) };
  for (const each of Object.values(side)) cleanUp.defer(() => each.destroy());
  await registerInstances(side, 3);
  const running = cleanUp.move();
  return { ...side, close: () => running.disposeAsync() };
}

/** By default moto's tasks step towards STOPPED each time that they are described. */
async function keepTasks(url: string): Promise<void> {
  const answer = await fetch(`${url}/moto-api/state-manager/set-transition`, {
    method: 'POST',
    body: JSON.stringify({ model_name: 'ecs::task', transition: { progression: 'manual', times: 1_000_000 } }),
  });
  if (!answer.ok) throw new Error(`moto does not keep its tasks: ${answer.status} ${await answer.text()}`);
}

/** Machines with an ECS agent, as the agent would register them. */
async function registerInstances({ ecs, ec2 }: Pick<Side, 'ecs' | 'ec2'>, count: number): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: 'stride' }));
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({ ImageId: 'ami-12c6146b', InstanceType: 'm5.xlarge', MinCount: count, MaxCount: count }),
  );
  for (const { InstanceId } of Instances) {
    const instanceIdentityDocument = JSON.stringify({ instanceId: InstanceId });
    await ecs.send(new RegisterContainerInstanceCommand({ cluster: 'stride', instanceIdentityDocument }));
  }
}
