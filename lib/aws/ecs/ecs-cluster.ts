import {
  DescribeContainerInstancesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  ListTasksCommand,
  type ListTasksCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import pMap from 'p-map';
import { type AgentSighting, type Cluster, ClusterUnavailable } from '../../gateways/cluster.ts';
import type { HostFacts } from '../../model/agent.ts';
import type { AgentId, LaunchId } from '../../model/ids.ts';
import type { TaskSighting } from '../../model/task.ts';
import { toAgentSighting, toTaskSighting } from './sightings.ts';
import { isRefusal, isThrottle, registerTaskDefinition, startTask } from './start-task.ts';

/** Most ids that one Describe call takes. */
const DESCRIBE_BATCH = 100;
const READS_AT_ONCE = 4;

function chunksOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** A read that did not come through becomes `ClusterUnavailable`; AWS's refusals stay what they are. */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isRefusal(error) && !isThrottle(error)) throw error;
    throw new ClusterUnavailable('ECS did not answer', { cause: error });
  }
}

interface EcsClusterDeps {
  /** For reads; retries are safe. */
  readonly client: ECSClient;
  /** For StartTask: `maxAttempts: 1`, since a retry could start a second task. */
  readonly launchClient: ECSClient;
  readonly cluster: string;
  /** EC2's word on the machines below; loaded on first use, since its client is large. */
  readonly describeHosts: (agents: readonly AgentId[]) => Promise<readonly HostFacts[]>;
}

/** The cluster gateway on ECS. */
export function createEcsCluster({ client, launchClient, cluster, describeHosts }: EcsClusterDeps): Cluster {
  async function describeTasks(arns: readonly string[]): Promise<readonly TaskSighting[]> {
    const answers = await pMap(
      chunksOf(arns, DESCRIBE_BATCH),
      (tasks) => reading(() => client.send(new DescribeTasksCommand({ cluster, tasks: [...tasks] }))),
      { concurrency: READS_AT_ONCE },
    );
    return answers.flatMap((answer) => (answer.tasks ?? []).map(toTaskSighting));
  }

  async function listTaskArns(filter: Partial<ListTasksCommandInput>): Promise<readonly string[]> {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await reading(() => client.send(new ListTasksCommand({ cluster, ...filter, nextToken })));
      arns.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return arns;
  }

  async function listAgents(): Promise<readonly AgentSighting[]> {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await reading(() => client.send(new ListContainerInstancesCommand({ cluster, nextToken })));
      arns.push(...(page.containerInstanceArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    const answers = await pMap(
      chunksOf(arns, DESCRIBE_BATCH),
      (containerInstances) =>
        reading(() =>
          client.send(
            new DescribeContainerInstancesCommand({
              cluster,
              containerInstances: [...containerInstances],
              include: ['TAGS'],
            }),
          ),
        ),
      { concurrency: READS_AT_ONCE },
    );
    return answers.flatMap((answer) => (answer.containerInstances ?? []).map(toAgentSighting));
  }

  return {
    listAgents,
    describeHosts,
    describeTasks,
    async ensureTaskDefinition(definition) {
      try {
        const answer = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: definition.family }));
        const arn = answer.taskDefinition?.taskDefinitionArn;
        if (arn !== undefined) return arn;
      } catch (error) {
        // ECS's word for an unknown family.
        if (!(error instanceof Error) || error.name !== 'ClientException') throw error;
      }
      return registerTaskDefinition(client, definition);
    },
    startTask: (request) => startTask(launchClient, cluster, request),
    async stopTask(arn, reason) {
      try {
        const { task } = await client.send(new StopTaskCommand({ cluster, task: arn, reason }));
        return { kind: 'stopping', task: toTaskSighting(task) };
      } catch (error) {
        if (isThrottle(error)) return { kind: 'throttled' };
        // An unknown task has ended long ago.
        if (error instanceof Error && error.name === 'InvalidParameterException') return { kind: 'gone' };
        throw new ClusterUnavailable(`StopTask ${arn} did not come through`, { cause: error });
      }
    },
    async findTasks(launch: LaunchId) {
      const [running, stopped] = await Promise.all([
        listTaskArns({ startedBy: launch, desiredStatus: 'RUNNING' }),
        listTaskArns({ startedBy: launch, desiredStatus: 'STOPPED' }),
      ]);
      return describeTasks([...running, ...stopped]);
    },
    async listTasks() {
      return describeTasks(await listTaskArns({ desiredStatus: 'RUNNING' }));
    },
  };
}
