import { type PathId, resolvePathId } from '../../../lib/model/path-id.ts';
import { given } from '../../../lib/schema/given.ts';
import { firstRefusal } from '../../../lib/schema/parse-app.ts';
import { pathViolations } from '../../../lib/schema/rules/ids.ts';
import { endedTaskList } from '../answers/ended-task.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { pageQuery, pageStart } from '../page-start.ts';
import { presentEndedTask } from '../presenters/ended-task.ts';
import { text } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';

const A_PAGE = 100;
const DAY = 24 * 3600 * 1000;

/** The app whose tasks are asked for; undefined: all. Throws 422 for what is no id. */
function appOf(app: string | undefined): PathId | undefined {
  if (app === undefined || app === '') return undefined;
  const id = resolvePathId(app);
  const refusal = firstRefusal(() => pathViolations(id, '/app'));
  if (refusal !== undefined) throw refusal;
  return id;
}

/** `GET /stride/v1/tasks`. */
async function listEndedTasks(
  { state, clock, config }: ApiDeps,
  _request: ApiRequest,
  { app, after }: { readonly app: string | undefined; readonly after: string | undefined },
): Promise<ApiResponse> {
  const { records, next } = await state.endedTasks.list(appOf(app), A_PAGE, pageStart(after));
  const outputSince = clock.now() - config.taskLogs.retentionDays * DAY;
  const tasks = records.map((task) => presentEndedTask(task, task.endedAt >= outputSince));
  return { status: 200, json: given({ tasks, next }) };
}

/** What became of tasks. */
export const taskHistoryRoutes: readonly Route[] = [
  defineRoute({
    name: 'listEndedTasks',
    method: 'GET',
    path: '/stride/v1/tasks',
    summary: 'The tasks that ended in the last thirty days: how, why, and where their output is.',
    answers: { 200: { description: `${A_PAGE} of them, the newest first.`, schema: endedTaskList } },
    refuses: [422],
    query: { app: text('Id of an app: only its tasks.'), ...pageQuery },
    handler: listEndedTasks,
  }),
];
