import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EBSClient } from '@aws-sdk/client-ebs';
import { EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  StartTaskCommand,
  type StartTaskCommandInput,
  type Task,
} from '@aws-sdk/client-ecs';
import { vi } from 'vitest';
import type { AgentSpec } from '../../../localstack/agents/agent-spec.ts';
import { defaultAgents } from '../../../localstack/agents/default-agents.ts';
import { type Machines, openMachines } from '../../../localstack/ec2/machines.ts';
import { createEcs, type Ecs } from '../../../localstack/ecs/ecs.ts';
import { createAwsEndpoint } from '../../../localstack/endpoint/aws-endpoint.ts';
import type { EventBridgeEvent } from '../../../localstack/endpoint/aws-service.ts';
import { createRuntime, type RuntimeName } from '../../../localstack/runtime/select-runtime.ts';
import { PATIENCE } from '../../setup/patience.ts';
import { checkEvent, checkedService } from '../endpoint/checked-service.ts';

export interface LocalAws {
  readonly ecs: ECSClient;
  readonly ec2: EC2Client;
  readonly ebs: EBSClient;
  readonly control: Ecs;
  readonly machines: Machines;
  readonly base: string;
  readonly dataDir: string;
  readonly events: EventBridgeEvent[];
  close(): Promise<void>;
}

export interface LocalAwsOptions {
  readonly runtime?: RuntimeName;
  readonly agents?: readonly AgentSpec[];
  /** Kept by `close`; a fresh temporary one, removed by `close`, unless given. */
  readonly dataDir?: string;
  readonly ephemeral?: boolean;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly maxLagMs?: number;
}

/** ECS, EC2 and EBS behind the real endpoint, each call held against the SDK's schemas, with real SDK clients. */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'stride-ecs-')));
  const events: EventBridgeEvent[] = [];
  const emit = (event: EventBridgeEvent) => {
    checkEvent(event);
    events.push(event);
  };
  const control = createEcs({
    dataDir,
    ephemeral: options.ephemeral ?? false,
    cluster: 'stride',
    agents: options.agents ?? defaultAgents(3, 'linux'),
    runtime: createRuntime(options.runtime ?? 'simulated', { dataDir }),
    emit,
    ...(options.now && { now: options.now }),
    ...(options.random && { random: options.random }),
    ...(options.maxLagMs !== undefined && { maxLagMs: options.maxLagMs }),
  });
  await control.start();
  const machines = openMachines({
    agents: control.agents,
    dataDir,
    ephemeral: options.ephemeral ?? false,
    emit,
    ...(options.now && { now: options.now }),
  });
  const endpoint = createAwsEndpoint([control.service, machines.ec2, machines.ebs].map(checkedService));
  const base = await endpoint.listen();
  const client = {
    region: 'local',
    credentials: { accessKeyId: 'AKIALOCALTEST', secretAccessKey: 'none' },
    maxAttempts: 1,
  };
  const ecs = new ECSClient({ ...client, endpoint: `${base}/ecs` });
  const ec2 = new EC2Client({ ...client, endpoint: `${base}/ec2` });
  const ebs = new EBSClient({ ...client, endpoint: `${base}/ebs` });
  return {
    ecs,
    ec2,
    ebs,
    control,
    machines,
    base,
    dataDir,
    events,
    async close() {
      ecs.destroy();
      ec2.destroy();
      ebs.destroy();
      await endpoint.close();
      machines.close();
      await control.stop();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true });
    },
  };
}

/** Registers a shell task, as the control plane does for a `cmd` without image; the revision's ARN. */
export async function registerShell({ ecs }: LocalAws, command: string, change: object = {}): Promise<string> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'shell',
      networkMode: 'host',
      containerDefinitions: [
        {
          name: 'main',
          image: 'alpine',
          entryPoint: ['/bin/sh', '-c'],
          command: [command],
          memory: 32,
          cpu: 102,
          dockerLabels: { 'stride.default-image': 'true' },
          ...change,
        },
      ],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

/** ARNs of the container instances, in the order of the agents' hosts. */
export async function instanceArns({ ecs, control }: LocalAws): Promise<string[]> {
  const { containerInstanceArns = [] } = await ecs.send(new ListContainerInstancesCommand({ cluster: 'stride' }));
  const byHost = control.agents().toSorted((a, b) => (a.host < b.host ? -1 : 1));
  return byHost.map((each) => each.arn).filter((arn) => containerInstanceArns.includes(arn));
}

/** Starts one task on the first agent and gives it; throws when ECS lists a failure. */
export async function startTask(
  local: LocalAws,
  taskDefinition: string,
  change: Partial<StartTaskCommandInput> = {},
): Promise<string> {
  const [first = ''] = await instanceArns(local);
  const { tasks, failures } = await local.ecs.send(
    new StartTaskCommand({ cluster: 'stride', taskDefinition, containerInstances: [first], ...change }),
  );
  const arn = tasks?.[0]?.taskArn;
  if (arn === undefined) throw new Error(`not started: ${JSON.stringify(failures)}`);
  return arn;
}

export async function describeTask({ ecs }: LocalAws, arn: string): Promise<Task> {
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'stride', tasks: [arn], include: ['TAGS'] }));
  const [task] = tasks ?? [];
  if (task === undefined) throw new Error(`no task ${arn}`);
  return task;
}

/** The task once ECS shows it with this status. */
export async function untilStatus(local: LocalAws, arn: string, status: string): Promise<Task> {
  return vi.waitFor(
    async () => {
      const task = await describeTask(local, arn);
      if (task.lastStatus !== status) throw new Error(`${arn} is ${task.lastStatus}, not ${status}`);
      return task;
    },
    { timeout: PATIENCE, interval: 20 },
  );
}

/** `lastStatus/desiredStatus` of each event of a task, in the order sent. */
export function statusesOf({ events }: LocalAws, arn: string): string[] {
  return events
    .filter((event) => event.resources.includes(arn))
    .map(({ detail }) => `${detail['version']} ${detail['lastStatus']}/${detail['desiredStatus']}`);
}
