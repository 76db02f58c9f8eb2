/** Why an answer of ours differs from moto's: what each difference of each of the calls has in common. */
export interface Explanation {
  readonly because: string;
  /** Names of calls in the script. */
  readonly calls: readonly string[];
  /** Lines of `differencesOf`, one entity for lists of it: `task` stands for `tasks[]`. */
  readonly differences: readonly string[];
}

const LIVE_TASKS = ['StartTask', 'DescribeTasks, running', 'RunTask'];
const TASKS = [...LIVE_TASKS, 'StopTask', 'DescribeTasks, stopped'];
const INSTANCES = [
  'DescribeContainerInstances',
  'UpdateContainerInstancesState',
  'UpdateContainerInstancesState, back',
  'DeregisterContainerInstance',
];
const DEFINITIONS = [
  'RegisterTaskDefinition',
  'DescribeTaskDefinition',
  'DeregisterTaskDefinition',
  'DeleteTaskDefinitions',
];
const VOLUMES = ['DescribeVolumes, available', 'DescribeVolumes, attached', 'DescribeVolumes, detached'];

/** moto fails on what it does not know, with a page of HTML that the SDK cannot read. */
const CRASH = 'moto fails with an exception of its own instead of an error of AWS';
const MISSING = 'moto leaves out members that the SDK has in this shape and AWS answers with (aws.md §1.4, §2)';

/** Reviewed by hand. A difference that is not here fails the judge, and so does a line here that occurs no more. */
export const MOTO_DIFFERENCES: readonly Explanation[] = [
  {
    because: MISSING,
    calls: ['CreateCluster', 'CreateCluster again', 'DescribeClusters'],
    differences: [
      'cluster.capacityProviders only ours',
      'cluster.defaultCapacityProviderStrategy only ours',
      'cluster.statistics only ours',
    ],
  },
  {
    because: 'the local cloud keeps no settings of a cluster (containerInsights): Stride neither sets nor reads them',
    calls: ['CreateCluster', 'CreateCluster again', 'DescribeClusters'],
    differences: ['cluster.settings[] only theirs'],
  },
  {
    because: 'creating a cluster that exists answers with it (ECS); moto makes a new one and forgets its tags',
    calls: ['CreateCluster again', 'DescribeClusters'],
    differences: ['cluster.tags only ours'],
  },
  {
    because: 'moto lists what is in a cluster that does not exist',
    calls: ['ListContainerInstances of no cluster'],
    differences: ['answer for them, ClusterNotFoundException for us'],
  },
  {
    because: MISSING,
    calls: INSTANCES,
    differences: [
      'containerInstance.attachments only ours',
      'containerInstance.tags only ours',
      'containerInstance.version only ours',
    ],
  },
  {
    because: 'moto answers attributes that have neither name nor value, but for DescribeContainerInstances',
    calls: INSTANCES.filter((call) => call !== 'DescribeContainerInstances'),
    differences: ['containerInstance.attributes[].name only ours', 'containerInstance.attributes[].value only ours'],
  },
  { because: MISSING, calls: ['ListAttributes'], differences: ['attributes[].targetType only ours'] },
  {
    because: MISSING,
    calls: DEFINITIONS,
    differences: [
      'taskDefinition.registeredAt only ours',
      'taskDefinition.registeredBy only ours',
      'taskDefinition.requiresAttributes only ours',
    ],
  },
  { because: MISSING, calls: ['RegisterTaskDefinition'], differences: ['tags only ours'] },
  {
    because: MISSING,
    calls: ['DeregisterTaskDefinition', 'DeleteTaskDefinitions'],
    differences: ['taskDefinition.deregisteredAt only ours'],
  },
  {
    because: MISSING,
    calls: ['DeleteTaskDefinitions'],
    differences: ['taskDefinition.deleteRequestedAt only ours'],
  },
  {
    because: 'moto registers a definition without containers',
    calls: ['RegisterTaskDefinition without containers'],
    differences: ['answer for them, InvalidParameterException for us'],
  },
  {
    because: MISSING,
    calls: TASKS,
    differences: [
      'task.attributes only ours',
      'task.availabilityZone only ours',
      'task.connectivity only ours',
      'task.connectivityAt only ours',
      'task.containers[].memoryReservation only ours',
      'task.containers[].networkBindings only ours',
      'task.cpu only ours',
      'task.createdAt only ours',
      'task.enableExecuteCommand only ours',
      'task.healthStatus only ours',
      'task.memory only ours',
      'task.overrides.inferenceAcceleratorOverrides only ours',
      'task.version only ours',
    ],
  },
  {
    because: 'moto’s tasks know no times, and their containers no runtime; ours do once they have run',
    calls: ['DescribeTasks, running', 'StopTask', 'DescribeTasks, stopped'],
    differences: [
      'task.containers[].runtimeId only ours',
      'task.pullStartedAt only ours',
      'task.pullStoppedAt only ours',
      'task.startedAt only ours',
    ],
  },
  {
    because: 'moto knows neither stop codes nor the times of an end',
    calls: ['StopTask', 'DescribeTasks, stopped'],
    differences: ['task.stopCode only ours', 'task.stoppingAt only ours'],
  },
  {
    because: 'moto knows neither stop codes nor the times of an end',
    calls: ['DescribeTasks, stopped'],
    differences: ['task.executionStoppedAt only ours', 'task.stoppedAt only ours'],
  },
  {
    because: 'moto’s containers have an exit code, 0, while they run',
    calls: [...LIVE_TASKS, 'StopTask'],
    differences: ['task.containers[].exitCode only theirs'],
  },
  {
    because: 'moto gives an empty reason to tasks that are not stopped',
    calls: LIVE_TASKS,
    differences: ['task.stoppedReason only theirs'],
  },
  {
    because: 'StopTask deletes the tags of a task (aws.md §1.1)',
    calls: ['StopTask', 'DescribeTasks, stopped'],
    differences: ['task.tags[] only theirs'],
  },
  {
    because: 'moto answers the overrides as they were given: none here; ECS lists each container',
    calls: ['RunTask'],
    differences: ['task.overrides.containerOverrides only ours'],
  },
  {
    because: 'moto gives an empty startedBy to a task that was started without',
    calls: ['RunTask'],
    differences: ['task.startedBy only theirs'],
  },
  {
    because: 'an unknown task is listed as MISSING (aws.md §1.1); moto leaves it out',
    calls: ['DescribeTasks, unknown'],
    differences: ['failures[] only ours'],
  },
  {
    because: CRASH,
    calls: ['StopTask, unknown', 'DeregisterContainerInstance, unknown'],
    differences: ['SyntaxError for them, InvalidParameterException for us'],
  },
  {
    because: `${CRASH}; an unknown instance is listed as MISSING (aws.md §1.3)`,
    calls: ['StartTask on an unknown instance'],
    differences: ['SyntaxError for them, answer for us'],
  },
  {
    because: 'what ECS answers to an empty list of instances is not known; Stride never sends one',
    calls: ['StartTask on no instance'],
    differences: ['ClientException for them, InvalidParameterException for us'],
  },
  {
    because: 'the local cloud shows of a machine what EC2 says of any agent’s host: Stride reads no more',
    calls: ['DescribeInstances'],
    differences: [
      'AmiLaunchIndex',
      'Architecture',
      'BlockDeviceMappings[]',
      'ClientToken',
      'EbsOptimized',
      'HibernationOptions',
      'Hypervisor',
      'ImageId',
      'MetadataOptions',
      'Monitoring',
      'NetworkInterfaces',
      'Placement.GroupName',
      'Platform',
      'ProductCodes',
      'PublicDnsName',
      'PublicIpAddress',
      'RootDeviceName',
      'RootDeviceType',
      'SecurityGroups',
      'SourceDestCheck',
      'SriovNetSupport',
      'StateReason',
      'StateTransitionReason',
      'VirtualizationType',
    ].map((member) => `Reservations[].Instances[].${member} only theirs`),
  },
  {
    because: 'our machines have tags from the agents file; moto’s were started without',
    calls: ['DescribeInstances'],
    differences: ['Reservations[].Instances[].Tags only ours'],
  },
  {
    because: 'the local cloud shows what limits volumes and interfaces of a type: Stride reads no more',
    calls: ['DescribeInstanceTypes'],
    differences: [
      'AutoRecoverySupported',
      'BurstablePerformanceSupported',
      'DedicatedHostsSupported',
      'EbsInfo.EbsOptimizedInfo',
      'HibernationSupported',
      'NetworkInfo.ConnectionTrackingConfiguration',
      'NetworkInfo.DefaultNetworkCardIndex',
      'NetworkInfo.EfaSupported',
      'NetworkInfo.EnaSrdSupported',
      'NetworkInfo.EnaSupport',
      'NetworkInfo.EncryptionInTransitSupported',
      'NetworkInfo.FlexibleEnaQueuesSupport',
      'NetworkInfo.Ipv4AddressesPerInterface',
      'NetworkInfo.Ipv6AddressesPerInterface',
      'NetworkInfo.Ipv6Supported',
      'NetworkInfo.MaximumNetworkCards',
      'NetworkInfo.NetworkCards',
      'NetworkInfo.NetworkPerformance',
      'NetworkInfo.SecondaryNetworkSupported',
      'NitroEnclavesSupport',
      'NitroTpmInfo',
      'NitroTpmSupport',
      'PhcSupport',
      'PlacementGroupInfo',
      'ProcessorInfo.Manufacturer',
      'ProcessorInfo.SustainedClockSpeedInGhz',
      'RebootMigrationSupport',
      'SupportedBootModes',
      'SupportedInRegion',
      'SupportedRootDeviceTypes',
      'SupportedVirtualizationTypes',
      'VCpuInfo.DefaultCores',
      'VCpuInfo.DefaultThreadsPerCore',
      'VCpuInfo.ValidCores',
      'VCpuInfo.ValidThreadsPerCore',
    ].map((member) => `InstanceTypes[].${member} only theirs`),
  },
  {
    because: MISSING,
    calls: ['CreateVolume'],
    differences: ['MultiAttachEnabled only ours', 'SnapshotId only ours', 'Throughput only ours'],
  },
  {
    because: MISSING,
    calls: VOLUMES,
    differences: [
      'Volumes[].MultiAttachEnabled only ours',
      'Volumes[].SnapshotId only ours',
      'Volumes[].Throughput only ours',
    ],
  },
  { because: MISSING, calls: ['AttachVolume', 'DetachVolume'], differences: ['DeleteOnTermination only ours'] },
  {
    because: MISSING,
    calls: ['DescribeVolumes, attached'],
    differences: ['Volumes[].Attachments[].DeleteOnTermination only ours'],
  },
  { because: MISSING, calls: ['DescribeSnapshots'], differences: ['Snapshots[].CompletionTime only ours'] },
  { because: MISSING, calls: ['ListSnapshotBlocks', 'ListChangedBlocks'], differences: ['ExpiryTime only ours'] },
  { because: MISSING, calls: ['StartSnapshot of a parent'], differences: ['ParentSnapshotId only ours'] },
  {
    because:
      'moto’s child has none of its parent’s blocks, which seem to be gone, and what is new in it is not looked for',
    calls: ['ListChangedBlocks'],
    differences: ['ChangedBlocks[].FirstBlockToken only theirs', 'ChangedBlocks[].SecondBlockToken only ours'],
  },
  {
    because: CRASH,
    calls: ['ListSnapshotBlocks, unknown'],
    differences: ['SyntaxError for them, ResourceNotFoundException for us'],
  },
];
