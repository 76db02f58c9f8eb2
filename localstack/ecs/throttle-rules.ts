import type { ThrottleRules } from '../endpoint/throttle.ts';

/** The buckets per account and region of "Request throttling for the Amazon ECS API" (aws.md §1.2). */
const SIZES = {
  'cluster resource modify': { burst: 100, perSecond: 40 },
  'cluster resource read': { burst: 100, perSecond: 20 },
  'task definition modify': { burst: 20, perSecond: 1 },
  'task definition read': { burst: 50, perSecond: 20 },
  'task definition deletion': { burst: 5, perSecond: 1 },
  'tag modify': { burst: 20, perSecond: 10 },
  'tag read': { burst: 50, perSecond: 20 },
  'cluster modify': { burst: 20, perSecond: 1 },
  'cluster read': { burst: 50, perSecond: 20 },
};

export const ECS_THROTTLE: ThrottleRules<keyof typeof SIZES> = {
  sizes: SIZES,
  categories: {
    StartTask: 'cluster resource modify',
    RunTask: 'cluster resource modify',
    StopTask: 'cluster resource modify',
    PutAttributes: 'cluster resource modify',
    DeleteAttributes: 'cluster resource modify',
    UpdateContainerInstancesState: 'cluster resource modify',
    DeregisterContainerInstance: 'cluster resource modify',
    DescribeTasks: 'cluster resource read',
    ListTasks: 'cluster resource read',
    DescribeContainerInstances: 'cluster resource read',
    ListContainerInstances: 'cluster resource read',
    ListAttributes: 'cluster resource read',
    RegisterTaskDefinition: 'task definition modify',
    DeregisterTaskDefinition: 'task definition modify',
    DescribeTaskDefinition: 'task definition read',
    ListTaskDefinitions: 'task definition read',
    ListTaskDefinitionFamilies: 'task definition read',
    DeleteTaskDefinitions: 'task definition deletion',
    TagResource: 'tag modify',
    UntagResource: 'tag modify',
    ListTagsForResource: 'tag read',
    CreateCluster: 'cluster modify',
    DescribeClusters: 'cluster read',
    ListClusters: 'cluster read',
  },
  code: 'ThrottlingException',
  message: 'Rate exceeded',
  status: 400,
};
