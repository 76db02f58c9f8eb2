import * as z from 'zod';
import { podSchema } from '../../../lib/schema/pod/wire/pod.ts';
import { DEPLOYMENT_ID, LOCATION, orRehearsed, rehearsedAlone } from '../answers/deployment.ts';
import { pod } from '../answers/pod.ts';
import { podInstance, podStatus } from '../answers/pod-status.ts';
import { timestamp } from '../answers/values.ts';
import { dryRun, flag } from '../query.ts';
import { defineRoute, type Route } from '../route.ts';
import { instanceIds, killPodInstance, killPodInstances } from './kill-pods.ts';
import { getPod, getPodStatus, getPodVersion, listPodStatuses, listPods, listPodVersions } from './read-pods.ts';
import { createPod, deletePod, putPod } from './write-pods.ts';

const force = flag(false, 'Cancel the deployments that hold the pod, instead of answering 409.');
const wipe = flag(false, 'Give up reservations and volumes too; every kill does, as long as there are none.');

/** `/v2/pods` and below (api-endpoints.md §5). A HEAD of the list asks whether pods are supported. */
export const podRoutes: readonly Route[] = [
  defineRoute({
    name: 'listPods',
    method: 'GET',
    path: '/v2/pods',
    summary: 'All pods.',
    answers: { 200: { description: 'The pods.', schema: z.array(pod) } },
    handler: listPods,
  }),
  defineRoute({
    name: 'createPod',
    method: 'POST',
    path: '/v2/pods',
    summary: 'Creates a pod.',
    body: podSchema,
    answers: {
      ...rehearsedAlone,
      201: { description: 'Created: the pod.', schema: pod, headers: { ...DEPLOYMENT_ID, ...LOCATION } },
    },
    refuses: [409],
    query: { force, dryRun },
    handler: createPod,
  }),
  defineRoute({
    name: 'listPodStatuses',
    method: 'GET',
    path: '/v2/pods/::status',
    summary: 'All pods with their instances.',
    answers: { 200: { description: 'The pods.', schema: z.array(podStatus) } },
    handler: listPodStatuses,
  }),
  defineRoute({
    name: 'getPodStatus',
    method: 'GET',
    path: '/v2/pods/{podId}::status',
    summary: 'One pod with its instances.',
    answers: { 200: { description: 'The pod.', schema: podStatus } },
    refuses: [422],
    handler: getPodStatus,
  }),
  defineRoute({
    name: 'listPodVersions',
    method: 'GET',
    path: '/v2/pods/{podId}::versions',
    summary: 'The versions of a pod, newest first.',
    answers: { 200: { description: 'The versions.', schema: z.array(timestamp) } },
    refuses: [422],
    handler: listPodVersions,
  }),
  defineRoute({
    name: 'getPodVersion',
    method: 'GET',
    path: '/v2/pods/{podId}::versions/{version}',
    summary: 'The definition of a pod as of a version.',
    answers: { 200: { description: 'The definition.', schema: pod } },
    refuses: [422],
    handler: getPodVersion,
  }),
  defineRoute({
    name: 'killPodInstances',
    method: 'DELETE',
    path: '/v2/pods/{podId}::instances',
    summary: 'Kills instances of a pod: the body lists their ids.',
    body: instanceIds,
    answers: { 200: { description: 'Those that were found, as they were.', schema: z.array(podInstance) } },
    query: { wipe },
    handler: killPodInstances,
  }),
  defineRoute({
    name: 'killPodInstance',
    method: 'DELETE',
    path: '/v2/pods/{podId}::instances/{instanceId}',
    summary: 'Kills one instance of a pod.',
    answers: { 200: { description: 'The instance, as it was.', schema: podInstance } },
    refuses: [422],
    query: { wipe },
    handler: killPodInstance,
  }),
  defineRoute({
    name: 'getPod',
    method: 'GET',
    path: '/v2/pods/{podId}',
    summary: 'The definition of one pod.',
    answers: { 200: { description: 'The definition.', schema: pod } },
    refuses: [422],
    handler: getPod,
  }),
  defineRoute({
    name: 'putPod',
    method: 'PUT',
    path: '/v2/pods/{podId}',
    summary: 'Replaces or creates a pod.',
    body: podSchema,
    answers: { 200: orRehearsed({ description: 'The pod as it is stored.', schema: pod, headers: DEPLOYMENT_ID }) },
    refuses: [409],
    query: { force, dryRun },
    handler: putPod,
  }),
  defineRoute({
    name: 'deletePod',
    method: 'DELETE',
    path: '/v2/pods/{podId}',
    summary: 'Stops and deletes a pod.',
    answers: {
      ...rehearsedAlone,
      202: {
        description: 'It is being stopped.',
        headers: { ...DEPLOYMENT_ID, Location: 'The id of the deployment, after a slash.' },
      },
    },
    refuses: [409, 422],
    query: { force, dryRun },
    handler: deletePod,
  }),
];
