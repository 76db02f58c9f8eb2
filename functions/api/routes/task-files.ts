import { badOffset, illegalArgument, taskFileNotFound, taskNotFound } from '../../../lib/errors/catalogue.ts';
import {
  MAX_PAGE_LINES,
  type PageOutcome,
  type PageStart,
  TASK_FILE_NAMES,
  type TaskFileName,
} from '../../../lib/gateways/task-files.ts';
import { CONTAINER_NAME } from '../../../lib/launch/container-name.ts';
import type { TaskArn } from '../../../lib/model/ids.ts';
import { isTerminal } from '../../../lib/model/instance.ts';
import { parseTaskId } from '../../../lib/model/task-id.ts';
import { taskFilePage } from '../answers/task-file.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { JSON_TYPE, TEXT_TYPE } from '../media-types.ts';
import { flag, text } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';

/** How long a follower waits for more, ms: API Gateway gives up after 29 seconds. */
const FOLLOW_TIME = 25_000;
/** Between two looks, ms: CloudWatch Logs allows 25 a second, of all followers together (ADR 9). */
const FOLLOW_PAUSE = 1_000;
/** The offset of a file's first line, and of its newest ones. */
const FIRST = '0';
const NEWEST = 'end';
/** What ECS and the schema of pods allow as a container's name; more would be a part of another stream's name. */
const CONTAINER = /^[\w-]{1,255}$/;

interface Asked {
  readonly taskId: string;
  readonly name: string;
  readonly offset: string | undefined;
  readonly limit: string | undefined;
  readonly follow: boolean;
  readonly mediaType: string;
}

/** A task that was decided to be launched. */
interface FoundTask {
  readonly container: string;
  /** Unknown until ECS has answered. */
  readonly arn?: TaskArn;
  readonly hasEnded: boolean;
}

/** The task of the instance's present launch, or of a former one. Throws 404 when there was none. */
async function findTask({ state }: ApiDeps, taskId: string): Promise<FoundTask> {
  const id = parseTaskId(taskId);
  if (id.kind !== 'instance') throw taskNotFound(taskId);
  const container = id.container === undefined || id.container === '_app' ? CONTAINER_NAME : id.container;
  if (!CONTAINER.test(container)) throw taskNotFound(taskId);
  const instance = (await state.instances.get({ runSpec: id.runSpec, id: id.instance }))?.value;
  const incarnation = id.incarnation ?? instance?.incarnation;
  if (incarnation === undefined) throw taskNotFound(taskId);
  if (instance?.launch !== undefined && instance.incarnation === incarnation) {
    const { arn } = instance.launch;
    return { container, hasEnded: isTerminal(instance.condition), ...(arn === undefined ? {} : { arn }) };
  }
  const ended = await state.endedTasks.find(id.instance, incarnation);
  if (ended === undefined) throw taskNotFound(taskId);
  return { container, arn: ended.arn, hasEnded: true };
}

const isFileName = (name: string): name is TaskFileName => TASK_FILE_NAMES.some((known) => known === name);

function startOf(offset: string | undefined): PageStart {
  if (offset === undefined || offset === '' || offset === FIRST) return { at: 'start' };
  return offset === NEWEST ? { at: 'end' } : { at: 'offset', offset };
}

function linesOf(limit: string | undefined): number {
  if (limit === undefined || limit === '') return MAX_PAGE_LINES;
  const lines = /^\d{1,5}$/.test(limit) ? Number(limit) : 0;
  if (lines >= 1 && lines <= MAX_PAGE_LINES) return lines;
  throw illegalArgument(`limit is a whole number from 1 to ${MAX_PAGE_LINES}, not '${limit}'`);
}

/** The files of a task that there are. */
async function existingFiles({ taskFiles }: ApiDeps, { arn: task, container }: FoundTask): Promise<TaskFileName[]> {
  if (task === undefined) return [];
  const exists = async (name: TaskFileName) => {
    const outcome = await taskFiles.read({ task, container, name }, { at: 'end' }, 1);
    return outcome.kind === 'none' ? [] : [name];
  };
  return (await Promise.all(TASK_FILE_NAMES.map(exists))).flat();
}

interface Page {
  readonly text: string;
  readonly next: string;
}

/** What there is now. A task that has not printed yet, and may still, has empty files. Throws 404 and 422. */
async function readNow(deps: ApiDeps, { taskId, name, offset, limit }: Asked): Promise<Page> {
  const lines = linesOf(limit);
  const task = await findTask(deps, taskId);
  const { arn, container } = task;
  const outcome: PageOutcome =
    arn === undefined || !isFileName(name)
      ? { kind: 'none' }
      : await deps.taskFiles.read({ task: arn, container, name }, startOf(offset), lines);
  if (outcome.kind === 'page') return outcome;
  if (outcome.kind === 'badOffset') throw badOffset(offset ?? '');
  const existing = await existingFiles(deps, task);
  if (task.hasEnded || existing.length > 0 || !isFileName(name)) throw taskFileNotFound(taskId, name, existing);
  return { text: '', next: FIRST };
}

/** `GET /stride/v1/tasks/{taskId}/files/{name}`: with `follow` it answers as soon as there is something. */
async function readTaskFile(deps: ApiDeps, _request: ApiRequest, asked: Asked): Promise<ApiResponse> {
  const { clock } = deps;
  const end = clock.now() + FOLLOW_TIME;
  let page = await readNow(deps, asked);
  while (asked.follow && page.text === '' && clock.now() + FOLLOW_PAUSE <= end) {
    await clock.sleep(FOLLOW_PAUSE);
    page = await readNow(deps, { ...asked, offset: page.next });
  }
  const { text: data, next: nextOffset } = page;
  if (asked.mediaType === JSON_TYPE) return { status: 200, json: { data, nextOffset } };
  return { status: 200, headers: { 'Stride-Next-Offset': nextOffset }, text: data };
}

/** What tasks print. */
export const taskFileRoutes: readonly Route[] = [
  defineRoute({
    name: 'readTaskFile',
    method: 'GET',
    path: '/stride/v1/tasks/{taskId}/files/{name}',
    summary: 'What a task prints, or printed: `stdout` or `stderr`, by pages of at most about 1 MiB.',
    answers: {
      200: {
        description: 'A page, as text or in JSON.',
        schema: taskFilePage,
        headers: { 'Stride-Next-Offset': '`offset` of the request for what follows; of answers in text.' },
      },
    },
    refuses: [422, 503],
    consumes: 'any',
    produces: [TEXT_TYPE, JSON_TYPE],
    query: {
      offset: text('Where to begin: `0` (the default), `end` for the newest lines, or what an answer gave.'),
      limit: text('').meta({
        description: 'Most lines of the answer.',
        schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_LINES, default: MAX_PAGE_LINES },
      }),
      follow: flag(false, `Wait up to ${FOLLOW_TIME / 1000} seconds for more, when there is no more at the moment.`),
    },
    handler: readTaskFile,
  }),
];
