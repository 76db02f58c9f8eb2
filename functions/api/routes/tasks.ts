import { killAnswers } from '../answers/deployment.ts';
import { taskList } from '../answers/task.ts';
import { JSON_TYPE, TEXT_TYPE } from '../media-types.ts';
import { containerNetworks, killQuery, texts } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';
import { killBody, killTasks } from './kill-tasks.ts';
import { listTasks } from './read-apps.ts';

const status = texts('Only tasks in these states.', ['running', 'staging']);

/** `/v2/tasks` and below. */
export const taskRoutes: readonly Route[] = [
  defineRoute({
    name: 'listTasks',
    method: 'GET',
    path: '/v2/tasks',
    summary: 'The tasks of all apps.',
    answers: { 200: { description: 'The tasks; as text a line for each app and service port.', schema: taskList } },
    consumes: 'any',
    produces: [JSON_TYPE, TEXT_TYPE],
    query: { status, 'status[]': status, containerNetworks },
    handler: listTasks,
  }),
  defineRoute({
    name: 'killTasks',
    method: 'POST',
    path: '/v2/tasks/delete',
    summary: 'Kills tasks by their ids, of any apps.',
    body: killBody,
    answers: killAnswers('The tasks that were killed, or with `scale` the deployment.', taskList),
    refuses: [409],
    query: killQuery,
    handler: killTasks,
  }),
];
