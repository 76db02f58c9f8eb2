import * as entities from './entities.ts';
import { type EntityTable, openEntityDatabase } from './entity-database.ts';

/** All that ECS remembers, with the one index that every placement needs. */
export interface EcsState {
  readonly clusters: EntityTable<entities.Cluster>;
  readonly definitions: EntityTable<entities.TaskDefinition>;
  readonly instances: EntityTable<entities.ContainerInstance>;
  readonly tasks: EntityTable<entities.Task>;
  /** Tasks of a container instance that are not STOPPED. */
  liveTasks(containerInstanceArn: string): readonly entities.Task[];
  close(): void;
}

export function openEcsState(file: string): EcsState {
  const database = openEntityDatabase(file);
  const tasks = database.table('task', entities.task, (task) => task.arn);
  const live = new Map<string, Map<string, entities.Task>>();
  const index = (task: entities.Task) => {
    const ofInstance = live.get(task.containerInstanceArn) ?? new Map<string, entities.Task>();
    live.set(task.containerInstanceArn, ofInstance);
    if (task.lastStatus === 'STOPPED') ofInstance.delete(task.arn);
    else ofInstance.set(task.arn, task);
  };
  for (const task of tasks.values()) index(task);
  return {
    clusters: database.table('cluster', entities.cluster, (cluster) => cluster.arn),
    definitions: database.table('task-definition', entities.taskDefinition, (definition) => definition.arn),
    instances: database.table('container-instance', entities.containerInstance, (instance) => instance.arn),
    tasks: {
      ...tasks,
      put(task) {
        tasks.put(task);
        index(task);
      },
    },
    liveTasks: (arn) => [...(live.get(arn)?.values() ?? [])],
    close: () => database.close(),
  };
}
