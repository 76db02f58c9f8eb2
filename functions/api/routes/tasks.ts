import { texts } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';
import { listTasks } from './read-apps.ts';

/** `/v2/tasks` and below. */
export const taskRoutes: readonly Route[] = [
  defineRoute({
    name: 'listTasks',
    method: 'GET',
    path: '/v2/tasks',
    summary: 'The tasks of all apps.',
    consumes: 'any',
    query: { status: texts('`running` or `staging`.'), 'status[]': texts('The same as `status`.') },
    handler: listTasks,
  }),
];
