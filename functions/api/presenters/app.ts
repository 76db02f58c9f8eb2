import type { DeploymentId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { AppDefinition, AppSpec } from '../../../lib/model/run-spec.ts';
import type { TaskFailure } from '../../../lib/model/task-failure.ts';
import { type Instant, type Timestamp, toTimestamp } from '../../../lib/model/timestamp.ts';
import { given } from '../../../lib/schema/given.ts';
import { renderApp } from '../../../lib/schema/render-app.ts';
import type { AppEmbeds } from './app-embeds.ts';
import { presentReadiness } from './readiness.ts';
import { isListed, presentTask } from './task.ts';
import { countTasks } from './task-counts.ts';
import { presentTaskStats } from './task-stats.ts';

/** What is known of an app besides its definition. */
export interface AppStatus {
  /** All its instances, of every version. */
  readonly instances: readonly Instance[];
  /** Running deployments that affect it. */
  readonly deployments: readonly DeploymentId[];
  readonly lastTaskFailure?: TaskFailure;
  readonly now: Instant;
}

const presentDeploymentIds = (ids: readonly DeploymentId[]) => ids.map((id) => ({ id }));

function presentCounts(instances: readonly Instance[]) {
  const { staged, running, healthy, unhealthy } = countTasks(instances);
  return { tasksStaged: staged, tasksRunning: running, tasksHealthy: healthy, tasksUnhealthy: unhealthy };
}

/** The latest failure of an app's tasks (responses.md §4). */
export function presentTaskFailure(failure: TaskFailure) {
  return given({
    appId: failure.runSpec,
    host: failure.host,
    message: failure.message,
    state: failure.state,
    taskId: failure.task,
    timestamp: toTimestamp(failure.at),
    version: failure.version,
    slaveId: failure.agent,
  });
}

/** An app with the embeds asked for, in Marathon's JSON (responses.md §2). */
export function presentApp(app: AppSpec, status: AppStatus, embeds: AppEmbeds) {
  const { instances, deployments, lastTaskFailure, now } = status;
  const failure = embeds.has('lastTaskFailure') ? lastTaskFailure : undefined;
  return {
    ...renderApp(app),
    ...(embeds.has('counts') ? presentCounts(instances) : {}),
    ...given({
      deployments: embeds.has('deployments') ? presentDeploymentIds(deployments) : undefined,
      readinessCheckResults: embeds.has('readiness') ? presentReadiness(instances) : undefined,
      tasks: embeds.has('tasks') ? instances.filter(isListed).map((one) => presentTask(one, app)) : undefined,
      lastTaskFailure: failure === undefined ? undefined : presentTaskFailure(failure),
      taskStats: embeds.has('taskStats') ? presentTaskStats(app, instances, now) : undefined,
    }),
  };
}

/** The answer to `POST /v2/apps`: the definition before service ports are assigned, with a version but no versionInfo. */
export function presentNewApp(definition: AppDefinition, version: Timestamp, deployment: DeploymentId) {
  return {
    ...renderApp({ ...definition, version }),
    ...presentCounts([]),
    deployments: presentDeploymentIds([deployment]),
  };
}

/** Timestamps as Marathon's docs show them: newest first. */
export function presentVersions(versions: readonly Timestamp[]) {
  return { versions: versions.toSorted().reverse() };
}
