import * as entities from './entities.ts';
import { type EntityTable, openEntityDatabase } from './entity-database.ts';
import { lagging, type ReadTable } from './lagging-table.ts';

/** What list and describe calls read. */
export interface EcsView {
  readonly clusters: ReadTable<entities.Cluster>;
  readonly definitions: ReadTable<entities.TaskDefinition>;
  readonly instances: ReadTable<entities.ContainerInstance>;
  readonly tasks: ReadTable<entities.Task>;
  /** Tasks of a container instance that are not STOPPED. */
  liveTasks(containerInstanceArn: string): readonly entities.Task[];
}

/** All that ECS remembers, with the one index that every placement needs. */
export interface EcsState extends EcsView {
  readonly clusters: EntityTable<entities.Cluster>;
  readonly definitions: EntityTable<entities.TaskDefinition>;
  readonly families: EntityTable<entities.Family>;
  readonly instances: EntityTable<entities.ContainerInstance>;
  readonly tasks: EntityTable<entities.Task>;
  readonly runTokens: EntityTable<entities.RunToken>;
  /** Definitions, container instances and tasks as they were, no further back than what is remembered. */
  asOf(instant: number): EcsView;
  close(): void;
}

/** How long what was is remembered, for reads that lag. */
export interface Remembering {
  readonly now: () => number;
  readonly keepMs: () => number;
}

export function openEcsState(file: string, remembering: Remembering): EcsState {
  const database = openEntityDatabase(file);
  const byArn = (entity: { readonly arn: string }) => entity.arn;
  const clusters = database.table('cluster', entities.cluster, byArn);
  const definitions = lagging(database.table('task-definition', entities.taskDefinition, byArn), byArn, remembering);
  const instances = lagging(
    database.table('container-instance', entities.containerInstance, byArn),
    byArn,
    remembering,
  );
  const tasks = lagging(database.table('task', entities.task, byArn), byArn, remembering);
  const live = new Map<string, Map<string, entities.Task>>();
  const index = (task: entities.Task) => {
    const ofInstance = live.get(task.containerInstanceArn) ?? new Map<string, entities.Task>();
    live.set(task.containerInstanceArn, ofInstance);
    if (task.lastStatus === 'STOPPED') ofInstance.delete(task.arn);
    else ofInstance.set(task.arn, task);
  };
  for (const task of tasks.values()) index(task);
  return {
    clusters,
    definitions,
    families: database.table('family', entities.family, (family) => family.name),
    instances,
    tasks: {
      ...tasks,
      put(task) {
        tasks.put(task);
        index(task);
      },
    },
    runTokens: database.table('run-token', entities.runToken, (token) => token.id),
    liveTasks: (arn) => [...(live.get(arn)?.values() ?? [])],
    asOf(instant) {
      const then = tasks.asOf(instant);
      return {
        clusters,
        definitions: definitions.asOf(instant),
        instances: instances.asOf(instant),
        tasks: then,
        liveTasks: (arn) =>
          [...then.values()].filter((task) => task.containerInstanceArn === arn && task.lastStatus !== 'STOPPED'),
      };
    },
    close: () => database.close(),
  };
}
