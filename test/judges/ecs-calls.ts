import {
  CreateClusterCommand,
  DeleteAttributesCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterContainerInstanceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListAttributesCommand,
  ListClustersCommand,
  ListContainerInstancesCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  PutAttributesCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StartTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import type { Side } from './moto-sides.ts';
import type { Recorder } from './recorder.ts';

const cluster = 'stride';
const NOBODY = '00000000000000000000000000000000';

/** The life of a task from the registration of its definition to its end, each call on the way, and common mistakes. */
export async function makeEcsCalls({ ecs }: Side, recorder: Recorder): Promise<void> {
  await askForClusters(ecs, recorder);
  const instances = await askForInstances(ecs, recorder);
  await askForDefinitions(ecs, recorder);
  await askForTasks(ecs, recorder, instances);
  await askForEnds(ecs, recorder, instances);
}

async function askForClusters(ecs: Side['ecs'], { ask }: Recorder): Promise<void> {
  const tags = [{ key: 'team', value: 'judges' }];
  await ask('CreateCluster', () => ecs.send(new CreateClusterCommand({ clusterName: 'other', tags })));
  await ask('CreateCluster again', () => ecs.send(new CreateClusterCommand({ clusterName: 'other' })));
  const include = ['TAGS', 'STATISTICS'] as const;
  await ask('DescribeClusters', () =>
    ecs.send(new DescribeClustersCommand({ clusters: ['other', 'nobody'], include: [...include] })),
  );
  await ask('ListClusters', () => ecs.send(new ListClustersCommand({})));
}

async function askForInstances(ecs: Side['ecs'], { ask }: Recorder): Promise<readonly string[]> {
  const list = () => ecs.send(new ListContainerInstancesCommand({ cluster }));
  const containerInstances = (await ask('ListContainerInstances', list))?.containerInstanceArns ?? [];
  const [first = ''] = containerInstances;
  await ask('ListContainerInstances, DRAINING', () =>
    ecs.send(new ListContainerInstancesCommand({ cluster, status: 'DRAINING' })),
  );
  await ask('ListContainerInstances of no cluster', () =>
    ecs.send(new ListContainerInstancesCommand({ cluster: 'nobody' })),
  );
  await ask('DescribeContainerInstances', () =>
    ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances, include: ['TAGS'] })),
  );
  await ask('DescribeContainerInstances, one unknown', () =>
    ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances: [NOBODY] })),
  );
  const rack = {
    name: 'judged',
    value: 'r1',
    targetId: first.split('/').at(-1) ?? '',
    targetType: 'container-instance',
  } as const;
  await ask('PutAttributes', () => ecs.send(new PutAttributesCommand({ cluster, attributes: [rack] })));
  await ask('ListAttributes', () =>
    ecs.send(
      new ListAttributesCommand({
        cluster,
        targetType: 'container-instance',
        attributeName: 'judged',
        attributeValue: 'r1',
      }),
    ),
  );
  await ask('DeleteAttributes', () => ecs.send(new DeleteAttributesCommand({ cluster, attributes: [rack] })));
  await ask('UpdateContainerInstancesState', () =>
    ecs.send(new UpdateContainerInstancesStateCommand({ cluster, containerInstances: [first], status: 'DRAINING' })),
  );
  await ask('UpdateContainerInstancesState, back', () =>
    ecs.send(new UpdateContainerInstancesStateCommand({ cluster, containerInstances: [first], status: 'ACTIVE' })),
  );
  return containerInstances;
}

async function askForDefinitions(ecs: Side['ecs'], { ask }: Recorder): Promise<void> {
  await ask('RegisterTaskDefinition', () =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'judged',
        networkMode: 'bridge',
        volumes: [{ name: 'scratch', host: { sourcePath: '/var/scratch' } }],
        tags: [{ key: 'team', value: 'judges' }],
        containerDefinitions: [
          {
            name: 'main',
            image: 'alpine',
            command: ['sleep', '1000'],
            cpu: 128,
            memory: 64,
            portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
            environment: [{ name: 'A', value: 'b' }],
            mountPoints: [{ sourceVolume: 'scratch', containerPath: '/scratch', readOnly: false }],
            healthCheck: { command: ['CMD-SHELL', 'true'], interval: 10, timeout: 5, retries: 3 },
            dockerLabels: { a: 'b' },
          },
          { name: 'side', image: 'alpine', essential: false, memoryReservation: 32 },
        ],
      }),
    ),
  );
  await ask('RegisterTaskDefinition without containers', () =>
    ecs.send(new RegisterTaskDefinitionCommand({ family: 'empty', containerDefinitions: [] })),
  );
  await ask('DescribeTaskDefinition', () =>
    ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'judged', include: ['TAGS'] })),
  );
  await ask('DescribeTaskDefinition, unknown', () =>
    ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'nobody' })),
  );
  await ask('ListTaskDefinitions', () => ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'judged' })));
  await ask('ListTaskDefinitionFamilies', () => ecs.send(new ListTaskDefinitionFamiliesCommand({})));
}

async function askForTasks(ecs: Side['ecs'], recorder: Recorder, instances: readonly string[]): Promise<void> {
  const { ask, askUntil } = recorder;
  const [first = ''] = instances;
  const start = { cluster, taskDefinition: 'judged', containerInstances: [first] };
  const started = await ask('StartTask', () =>
    ecs.send(
      new StartTaskCommand({
        ...start,
        startedBy: 'launch-1',
        group: 'judged',
        tags: [{ key: 'team', value: 'judges' }],
        overrides: { containerOverrides: [{ name: 'main', environment: [{ name: 'A', value: 'c' }] }] },
      }),
    ),
  );
  const taskArn = started?.tasks?.[0]?.taskArn ?? '';
  const describe = () => ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn], include: ['TAGS'] }));
  await askUntil('DescribeTasks, running', describe, ({ tasks }) => tasks?.[0]?.lastStatus === 'RUNNING');
  await ask('DescribeTasks, unknown', () => ecs.send(new DescribeTasksCommand({ cluster, tasks: [NOBODY] })));
  await ask('DescribeTasks of no cluster', () =>
    ecs.send(new DescribeTasksCommand({ cluster: 'nobody', tasks: [NOBODY] })),
  );
  await ask('ListTasks', () => ecs.send(new ListTasksCommand({ cluster })));
  await ask('ListTasks by startedBy', () => ecs.send(new ListTasksCommand({ cluster, startedBy: 'launch-1' })));
  await ask('ListTasks by family, STOPPED', () =>
    ecs.send(new ListTasksCommand({ cluster, family: 'judged', desiredStatus: 'STOPPED' })),
  );
  const tags = [{ key: 'more', value: 'yes' }];
  await ask('TagResource', () => ecs.send(new TagResourceCommand({ resourceArn: taskArn, tags })));
  await ask('ListTagsForResource', () => ecs.send(new ListTagsForResourceCommand({ resourceArn: taskArn })));
  await ask('UntagResource', () => ecs.send(new UntagResourceCommand({ resourceArn: taskArn, tagKeys: ['more'] })));
  await ask('StopTask', () => ecs.send(new StopTaskCommand({ cluster, task: taskArn, reason: 'judged' })));
  await askUntil('DescribeTasks, stopped', describe, ({ tasks }) => tasks?.[0]?.lastStatus === 'STOPPED');
  await ask('StopTask, unknown', () => ecs.send(new StopTaskCommand({ cluster, task: NOBODY })));
  await ask('RunTask', () => ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'judged', count: 1 })));
  await ask('StartTask of an unknown definition', () =>
    ecs.send(new StartTaskCommand({ ...start, taskDefinition: 'nobody' })),
  );
  await ask('StartTask on an unknown instance', () =>
    ecs.send(new StartTaskCommand({ ...start, containerInstances: [NOBODY] })),
  );
  await ask('StartTask on no instance', () => ecs.send(new StartTaskCommand({ ...start, containerInstances: [] })));
  await ask('StartTask in no cluster', () => ecs.send(new StartTaskCommand({ ...start, cluster: 'nobody' })));
}

async function askForEnds(ecs: Side['ecs'], { ask }: Recorder, instances: readonly string[]): Promise<void> {
  await ask('DeregisterTaskDefinition', () =>
    ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'judged:1' })),
  );
  await ask('DeleteTaskDefinitions', () =>
    ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ['judged:1', 'nobody:1'] })),
  );
  await ask('DeregisterContainerInstance', () =>
    ecs.send(
      new DeregisterContainerInstanceCommand({ cluster, containerInstance: instances.at(-1) ?? '', force: true }),
    ),
  );
  await ask('DeregisterContainerInstance, unknown', () =>
    ecs.send(new DeregisterContainerInstanceCommand({ cluster, containerInstance: NOBODY })),
  );
}
