import * as z from 'zod';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { appSchema, appUpdateSchema } from '../../../lib/schema/wire/app.ts';
import { app, appList, oneOrAllApps, storedApp, versionList } from '../answers/app.ts';
import {
  createsOrChanges,
  DEPLOYMENT_ID,
  killAnswers,
  LOCATION,
  rehearsedAlone,
  startsDeployment,
} from '../answers/deployment.ts';
import { oneTask, taskList } from '../answers/task.ts';
import { JSON_TYPE, TEXT_TYPE } from '../media-types.ts';
import { APP_EMBED_NAMES } from '../presenters/app-embeds.ts';
import { containerNetworks, dryRun, flag, killQuery, text, texts } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';
import { patchApps, putApps } from './change-apps.ts';
import { killAppTask, killAppTasks } from './kill-tasks.ts';
import { getApp, getVersion, listApps, listAppTasks, listVersions } from './read-apps.ts';
import { createApp, deleteApp, patchApp, putApp, restartApp } from './write-apps.ts';

const force = flag(false, 'Cancel the deployments that hold the app, instead of answering 409.');
const embed = texts('Parts to add; `apps.` or `app.` may stand in front.', APP_EMBED_NAMES);

const partialUpdate = flag(true, 'Keep the fields that the body lacks, instead of setting their defaults.');

/** Some fields, or with `partialUpdate=false` and for a new app a whole definition. */
const appChange = z.union([appUpdateSchema, appSchema]);

/** `/v2/apps` and below: the suffixes need an id before them (api-endpoints.md §1.4). */
export const appRoutes: readonly Route[] = [
  defineRoute({
    name: 'listApps',
    method: 'GET',
    path: '/v2/apps',
    summary: 'All apps, or those that pass every filter.',
    answers: { 200: { description: 'The apps.', schema: appList } },
    refuses: [422],
    query: {
      cmd: text('A part of the command, in any case.'),
      id: text('A part of the id, in any case.'),
      label: text('A label selector: `a`, `a==b`, `a!=b`, `a in (b, c)`, `a notin (b)`, joined by commas.'),
      embed,
    },
    handler: listApps,
  }),
  defineRoute({
    name: 'createApp',
    method: 'POST',
    path: '/v2/apps',
    summary: 'Creates an app.',
    body: appSchema,
    answers: {
      ...rehearsedAlone,
      201: {
        description: 'Created: the app before service ports are assigned.',
        schema: app,
        headers: { ...DEPLOYMENT_ID, ...LOCATION },
      },
    },
    refuses: [409],
    query: { force, dryRun },
    handler: createApp,
  }),
  defineRoute({
    name: 'putApps',
    method: 'PUT',
    path: '/v2/apps',
    summary: 'Updates or creates apps of a list in one deployment.',
    body: z.array(appChange),
    answers: startsDeployment,
    refuses: [404, 409],
    query: { force, partialUpdate, dryRun },
    handler: putApps,
  }),
  defineRoute({
    name: 'patchApps',
    method: 'PATCH',
    path: '/v2/apps',
    summary: 'Updates fields of apps of a list in one deployment.',
    body: z.array(appUpdateSchema),
    answers: startsDeployment,
    refuses: [404, 409],
    query: { force, dryRun },
    handler: patchApps,
  }),
  defineRoute({
    name: 'restartApp',
    method: 'POST',
    path: '/v2/apps/{appId}/restart',
    summary: 'Replaces all tasks of an app, as its upgrade strategy says.',
    answers: startsDeployment,
    refuses: [409],
    query: { force, dryRun },
    handler: restartApp,
  }),
  defineRoute({
    name: 'deleteAppNamedRestart',
    method: 'DELETE',
    path: '/v2/apps/{appId}/restart',
    summary: 'Deletes an app whose last segment is `restart`, from before that was refused.',
    answers: startsDeployment,
    refuses: [409],
    query: { force: flag(true, 'Cancel the deployments that hold the app, instead of answering 409.'), dryRun },
    handler: (deps, request, asked) =>
      deleteApp(deps, request, { ...asked, appId: resolvePathId('restart', asked.appId) }),
  }),
  defineRoute({
    name: 'listVersions',
    method: 'GET',
    path: '/v2/apps/{appId}/versions',
    summary: 'The versions of an app, newest first.',
    answers: { 200: { description: 'The versions.', schema: versionList } },
    handler: listVersions,
  }),
  defineRoute({
    name: 'getVersion',
    method: 'GET',
    path: '/v2/apps/{appId}/versions/{version}',
    summary: 'The definition of an app as of a version.',
    answers: { 200: { description: 'The definition.', schema: storedApp } },
    refuses: [422],
    handler: getVersion,
  }),
  defineRoute({
    name: 'listAppTasks',
    method: 'GET',
    path: '/v2/apps/{appId}/tasks',
    summary: 'The tasks of an app, or with `*` or `<group>/*` for the id those of a group.',
    answers: { 200: { description: 'The tasks; as text a line for each app and service port.', schema: taskList } },
    produces: [JSON_TYPE, TEXT_TYPE],
    query: { containerNetworks },
    handler: listAppTasks,
  }),
  defineRoute({
    name: 'killAppTasks',
    method: 'DELETE',
    path: '/v2/apps/{appId}/tasks',
    summary: 'Kills the tasks of an app, or those of them on one host.',
    answers: killAnswers('The tasks that were killed, or with `scale` the deployment.', taskList),
    refuses: [400, 409],
    query: { host: text('The host as tasks show it; all when it is absent or `*`.'), ...killQuery },
    handler: killAppTasks,
  }),
  defineRoute({
    name: 'killAppTask',
    method: 'DELETE',
    path: '/v2/apps/{appId}/tasks/{taskId}',
    summary: 'Kills one task of an app.',
    answers: killAnswers('The task that was killed, or with `scale` the deployment.', oneTask),
    refuses: [400, 409],
    query: killQuery,
    handler: killAppTask,
  }),
  defineRoute({
    name: 'getApp',
    method: 'GET',
    path: '/v2/apps/{appId}',
    summary: 'One app, or with `*` or `<group>/*` for the id all apps of a group.',
    answers: { 200: { description: 'The app; with `*` in the id the apps of the group.', schema: oneOrAllApps } },
    query: { embed },
    handler: getApp,
  }),
  defineRoute({
    name: 'putApp',
    method: 'PUT',
    path: '/v2/apps/{appId}',
    summary: 'Updates or creates an app.',
    body: appChange,
    answers: createsOrChanges,
    refuses: [409],
    query: { force, partialUpdate, dryRun },
    handler: putApp,
  }),
  defineRoute({
    name: 'patchApp',
    method: 'PATCH',
    path: '/v2/apps/{appId}',
    summary: 'Updates fields of an app.',
    body: appUpdateSchema,
    answers: startsDeployment,
    refuses: [409],
    query: { force, dryRun },
    handler: patchApp,
  }),
  defineRoute({
    name: 'deleteApp',
    method: 'DELETE',
    path: '/v2/apps/{appId}',
    summary: 'Stops and deletes an app.',
    answers: startsDeployment,
    refuses: [409],
    query: { force: flag(true, 'Cancel the deployments that hold the app, instead of answering 409.'), dryRun },
    handler: deleteApp,
  }),
];
