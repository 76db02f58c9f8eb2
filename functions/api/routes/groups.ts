import * as z from 'zod';
import { type PathId, ROOT_ID, resolvePathId } from '../../../lib/model/path-id.ts';
import { groupPatchSchema, groupSchema } from '../../../lib/schema/group/wire.ts';
import { app } from '../answers/app.ts';
import { changesGroup, createsGroup, startsDeployment } from '../answers/deployment.ts';
import { group } from '../answers/group.ts';
import { timestamp } from '../answers/values.ts';
import { APP_EMBED_NAMES } from '../presenters/app-embeds.ts';
import { dryRun, flag, texts } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';
import { getGroup, getGroupVersion, listGroupApps, listGroupVersions } from './groups-read.ts';
import { createGroup, deleteGroup, patchGroup, putGroup } from './groups-write.ts';

const force = flag(false, 'Cancel the deployments that hold an app of the group, instead of answering 409.');
const stepsOnly = flag(false, 'Answer the steps of the deployment, and change nothing.');
const embed = texts('Parts to show, and parts of the apps shown; all of the first when absent.', [
  'group.groups',
  'group.apps',
  'group.pods',
  ...APP_EMBED_NAMES.map((name) => `group.apps.${name}`),
]);

/** The group of a path without an id. */
const root = { groupId: ROOT_ID };
/** GET knows `apps` below a group as a list; to all other methods it is an id. */
const namedApps = (groupId: PathId) => ({ groupId: resolvePathId('apps', groupId) });

/** Rows of which media types never mattered to Marathon (api-endpoints.md §1.1). */
const anyBody = { consumes: 'any' } as const;

const rootRoutes: readonly Route[] = [
  defineRoute({
    ...anyBody,
    name: 'getRootGroup',
    method: 'GET',
    path: '/v2/groups',
    summary: 'All groups, apps and pods as a tree.',
    answers: { 200: { description: 'The group.', schema: group } },
    query: { embed },
    handler: (deps, request, asked) => getGroup(deps, request, { ...asked, ...root }),
  }),
  defineRoute({
    ...anyBody,
    name: 'createGroup',
    method: 'POST',
    path: '/v2/groups',
    summary: 'Creates the group that the body names, with all that is in it.',
    body: groupSchema,
    answers: createsGroup,
    refuses: [409],
    query: { force, dryRun },
    handler: (deps, request, asked) => createGroup(deps, request, { ...asked, ...root }),
  }),
  defineRoute({
    ...anyBody,
    name: 'putRootGroup',
    method: 'PUT',
    path: '/v2/groups',
    summary:
      'Replaces what the body lists of the root, or of the group that it names; or scales it, or brings a version back.',
    body: groupSchema,
    answers: changesGroup,
    refuses: [409],
    query: { force, dryRun: stepsOnly },
    handler: (deps, request, asked) => putGroup(deps, request, { ...asked, ...root }),
  }),
  defineRoute({
    ...anyBody,
    name: 'deleteAllGroups',
    method: 'DELETE',
    path: '/v2/groups',
    summary: 'Deletes everything.',
    answers: startsDeployment,
    refuses: [409],
    query: { force, dryRun },
    handler: (deps, request, asked) => deleteGroup(deps, request, { ...asked, ...root }),
  }),
  defineRoute({
    ...anyBody,
    name: 'listRootGroupVersions',
    method: 'GET',
    path: '/v2/groups/versions',
    summary: 'The versions of the root that are kept, newest first.',
    answers: { 200: { description: 'The versions.', schema: z.array(timestamp) } },
    handler: (deps, request) => listGroupVersions(deps, request, root),
  }),
  defineRoute({
    ...anyBody,
    name: 'getRootGroupVersion',
    method: 'GET',
    path: '/v2/groups/versions/{version}',
    summary: 'All groups and apps as of a version.',
    answers: { 200: { description: 'The group.', schema: group } },
    refuses: [404, 422],
    query: { embed },
    handler: (deps, request, asked) => getGroupVersion(deps, request, { ...asked, ...root }),
  }),
];

/** `apps` at the end of a path: a list to GET, a group of that name to the others. */
function appsRoutes(path: '/v2/groups/apps' | '/v2/groups/{groupId}/apps', of: string): readonly Route[] {
  const groupOf = (asked: { readonly groupId?: PathId }): PathId => asked.groupId ?? ROOT_ID;
  return [
    defineRoute({
      ...anyBody,
      name: `list${of}Apps`,
      method: 'GET',
      path,
      summary: 'All apps below a group as one list.',
      answers: { 200: { description: 'The apps.', schema: z.array(app) } },
      query: { embed },
      handler: (deps, request, asked) => listGroupApps(deps, request, { ...asked, groupId: groupOf(asked) }),
    }),
    defineRoute({
      ...anyBody,
      name: `create${of}NamedApps`,
      method: 'POST',
      path,
      summary: 'Creates a group named `apps`.',
      body: groupSchema,
      answers: createsGroup,
      refuses: [409],
      query: { force, dryRun },
      handler: (deps, request, asked) => createGroup(deps, request, { ...asked, ...namedApps(groupOf(asked)) }),
    }),
    defineRoute({
      ...anyBody,
      name: `put${of}NamedApps`,
      method: 'PUT',
      path,
      summary: 'Changes or creates a group named `apps`.',
      body: groupSchema,
      answers: changesGroup,
      refuses: [409],
      query: { force, dryRun: stepsOnly },
      handler: (deps, request, asked) => putGroup(deps, request, { ...asked, ...namedApps(groupOf(asked)) }),
    }),
    defineRoute({
      ...anyBody,
      name: `patch${of}NamedApps`,
      method: 'PATCH',
      path,
      summary: 'Sets `enforceRole` of a group named `apps`.',
      body: groupPatchSchema,
      answers: { 200: { description: 'Set.' } },
      refuses: [404],
      handler: (deps, request, asked) => patchGroup(deps, request, namedApps(groupOf(asked))),
    }),
    defineRoute({
      ...anyBody,
      name: `delete${of}NamedApps`,
      method: 'DELETE',
      path,
      summary: 'Deletes a group named `apps`.',
      answers: startsDeployment,
      refuses: [404, 409],
      query: { force, dryRun },
      handler: (deps, request, asked) => deleteGroup(deps, request, { ...asked, ...namedApps(groupOf(asked)) }),
    }),
  ];
}

/** `/v2/groups` and below. The suffixes stand before the id that takes all segments. */
export const groupRoutes: readonly Route[] = [
  ...rootRoutes,
  ...appsRoutes('/v2/groups/apps', 'RootGroup'),
  defineRoute({
    ...anyBody,
    name: 'listGroupVersions',
    method: 'GET',
    path: '/v2/groups/{groupId}/versions',
    summary: 'The versions of the root in which the group existed, newest first.',
    answers: { 200: { description: 'The versions.', schema: z.array(timestamp) } },
    handler: listGroupVersions,
  }),
  defineRoute({
    ...anyBody,
    name: 'getGroupVersion',
    method: 'GET',
    path: '/v2/groups/{groupId}/versions/{version}',
    summary: 'The group as of a version of the root.',
    answers: { 200: { description: 'The group.', schema: group } },
    refuses: [422],
    query: { embed },
    handler: getGroupVersion,
  }),
  ...appsRoutes('/v2/groups/{groupId}/apps', 'Group'),
  defineRoute({
    ...anyBody,
    name: 'getGroup',
    method: 'GET',
    path: '/v2/groups/{groupId}',
    summary: 'A group with all that is in it.',
    answers: { 200: { description: 'The group.', schema: group } },
    query: { embed },
    handler: getGroup,
  }),
  defineRoute({
    ...anyBody,
    name: 'createGroupBelow',
    method: 'POST',
    path: '/v2/groups/{groupId}',
    summary: 'Creates the group of the path, or the one that the body names below it.',
    body: groupSchema,
    answers: createsGroup,
    refuses: [409],
    query: { force, dryRun },
    handler: createGroup,
  }),
  defineRoute({
    ...anyBody,
    name: 'putGroup',
    method: 'PUT',
    path: '/v2/groups/{groupId}',
    summary: 'Replaces what the body lists of a group, or creates it; or scales it, or brings a version back.',
    body: groupSchema,
    answers: changesGroup,
    refuses: [409],
    query: { force, dryRun: stepsOnly },
    handler: putGroup,
  }),
  defineRoute({
    ...anyBody,
    name: 'patchGroup',
    method: 'PATCH',
    path: '/v2/groups/{groupId}',
    summary: 'Sets `enforceRole` of a top-level group.',
    body: groupPatchSchema,
    answers: { 200: { description: 'Set.' } },
    handler: patchGroup,
  }),
  defineRoute({
    ...anyBody,
    name: 'deleteGroup',
    method: 'DELETE',
    path: '/v2/groups/{groupId}',
    summary: 'Deletes a group with all that is in it.',
    answers: startsDeployment,
    refuses: [409],
    query: { force, dryRun },
    handler: deleteGroup,
  }),
];
