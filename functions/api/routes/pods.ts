import { flag } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';
import { killPodInstance, killPodInstances } from './kill-pods.ts';
import { getPod, getPodStatus, getPodVersion, listPodStatuses, listPods, listPodVersions } from './read-pods.ts';
import { createPod, deletePod, putPod } from './write-pods.ts';

const force = flag(false, 'Cancel the deployments that hold the pod, instead of answering 409.');
const wipe = flag(false, 'Give up reservations and volumes too; every kill does, as long as there are none.');

/** `/v2/pods` and below (api-endpoints.md §5). A HEAD of the list asks whether pods are supported. */
export const podRoutes: readonly Route[] = [
  defineRoute({ name: 'listPods', method: 'GET', path: '/v2/pods', summary: 'All pods.', handler: listPods }),
  defineRoute({
    name: 'createPod',
    method: 'POST',
    path: '/v2/pods',
    summary: 'Creates a pod.',
    query: { force },
    handler: createPod,
  }),
  defineRoute({
    name: 'listPodStatuses',
    method: 'GET',
    path: '/v2/pods/::status',
    summary: 'All pods with their instances.',
    handler: listPodStatuses,
  }),
  defineRoute({
    name: 'getPodStatus',
    method: 'GET',
    path: '/v2/pods/{podId}::status',
    summary: 'One pod with its instances.',
    handler: getPodStatus,
  }),
  defineRoute({
    name: 'listPodVersions',
    method: 'GET',
    path: '/v2/pods/{podId}::versions',
    summary: 'The versions of a pod, newest first.',
    handler: listPodVersions,
  }),
  defineRoute({
    name: 'getPodVersion',
    method: 'GET',
    path: '/v2/pods/{podId}::versions/{version}',
    summary: 'The definition of a pod as of a version.',
    handler: getPodVersion,
  }),
  defineRoute({
    name: 'killPodInstances',
    method: 'DELETE',
    path: '/v2/pods/{podId}::instances',
    summary: 'Kills instances of a pod: the body lists their ids.',
    query: { wipe },
    handler: killPodInstances,
  }),
  defineRoute({
    name: 'killPodInstance',
    method: 'DELETE',
    path: '/v2/pods/{podId}::instances/{instanceId}',
    summary: 'Kills one instance of a pod.',
    query: { wipe },
    handler: killPodInstance,
  }),
  defineRoute({
    name: 'getPod',
    method: 'GET',
    path: '/v2/pods/{podId}',
    summary: 'The definition of one pod.',
    handler: getPod,
  }),
  defineRoute({
    name: 'putPod',
    method: 'PUT',
    path: '/v2/pods/{podId}',
    summary: 'Replaces or creates a pod.',
    query: { force },
    handler: putPod,
  }),
  defineRoute({
    name: 'deletePod',
    method: 'DELETE',
    path: '/v2/pods/{podId}',
    summary: 'Stops and deletes a pod.',
    query: { force },
    handler: deletePod,
  }),
];
