import { createRouter, type Route } from './route.ts';
import { appRoutes } from './routes/apps.ts';
import { artifactRoutes } from './routes/artifacts.ts';
import { deploymentHistoryRoutes } from './routes/deployment-history.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { docsRoutes } from './routes/docs.ts';
import { explainRoutes } from './routes/explain.ts';
import { groupRoutes } from './routes/groups.ts';
import { loggingRoutes } from './routes/logging.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { podRoutes } from './routes/pods.ts';
import { queueRoutes } from './routes/queue.ts';
import { systemRoutes } from './routes/system.ts';
import { taskFileRoutes } from './routes/task-files.ts';
import { taskHistoryRoutes } from './routes/task-history.ts';
import { taskRoutes } from './routes/tasks.ts';
import { tickRoutes } from './routes/ticks.ts';

/** Every route of the API. Order matters within a resource only: no two resources share a path. */
export const ROUTES: readonly Route[] = [
  ...systemRoutes,
  ...appRoutes,
  ...groupRoutes,
  ...taskRoutes,
  ...taskFileRoutes,
  ...taskHistoryRoutes,
  ...queueRoutes,
  ...explainRoutes,
  ...tickRoutes,
  ...podRoutes,
  ...deploymentRoutes,
  ...deploymentHistoryRoutes,
  ...metricsRoutes,
  ...loggingRoutes,
  ...artifactRoutes,
  ...docsRoutes(() => ROUTES),
];

export const route = createRouter(ROUTES);
