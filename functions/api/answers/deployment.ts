import * as z from 'zod';
import type { Answer, Answers } from './answer.ts';
import { explanation, lacking, simulation } from './explain.ts';
import { readinessCheckResult } from './task.ts';
import { count, pathId, timestamp, uuid } from './values.ts';

const OF_APPS = ['StartApplication', 'ScaleApplication', 'RestartApplication', 'StopApplication'] as const;
const OF_PODS = ['StartPod', 'ScalePod', 'RestartPod', 'StopPod'] as const;

const actionWith = <T extends z.ZodRawShape>(more: T) =>
  z.union([
    z.strictObject({ action: z.enum(OF_APPS), app: pathId, ...more }),
    z.strictObject({ action: z.enum(OF_PODS), pod: pathId, ...more }),
  ]);

/** What a step does with one app or pod. */
export const actionOf = actionWith({});

/** Actions of one step run side by side; steps run one after another. */
const step = z.strictObject({ actions: z.array(actionOf) });

/** A deployment that runs (responses.md §7). */
export const deployment = z.strictObject({
  id: uuid,
  steps: z.array(step),
  version: timestamp,
  affectedApps: z.array(pathId),
  affectedPods: z.array(pathId),
  currentActions: z.array(actionWith({ readinessCheckResults: z.array(readinessCheckResult) })),
  currentStep: count.describe('From 1; 0 before the first.'),
  totalSteps: count,
});

export const deploymentResult = z.strictObject({ version: timestamp, deploymentId: uuid });
/** What a dry run tells. */
export const deploymentSteps = z.strictObject({ steps: z.array(step) });

/** What a dry run of Stride's tells. */
const rehearsal = z.strictObject({
  steps: z.array(step),
  capacities: z
    .array(
      z.strictObject({
        id: pathId,
        instances: count.describe('That there are to be.'),
        lowest: count.describe('Healthy instances that its own moves leave at least.'),
      }),
    )
    .describe('Of each app and pod that it changes.'),
  placements: z
    .array(z.strictObject({ runSpec: pathId, ...simulation.shape.placements.element.shape }))
    .describe('Of the instances that each app and pod creates first, if all were launched now.'),
  unplaced: z.array(explanation),
  lacking,
});

const rehearsed: Answer = { description: 'With `dryRun`: what it would do. Nothing is changed.', schema: rehearsal };

/** An answer of a write, or with `dryRun` what it would do. */
export const orRehearsed = (answer: Answer & { readonly schema: z.ZodType }): Answer => ({
  ...answer,
  description: `${answer.description} ${rehearsed.description}`,
  schema: z.union([answer.schema, rehearsal]),
});
/** Of a write that answers otherwise when it is done. */
export const rehearsedAlone: Answers = { 200: rehearsed };

/** On every answer that started a deployment. */
export const DEPLOYMENT_ID = { 'Marathon-Deployment-Id': 'Id of the deployment that was started.' };
/** On every answer that created something. */
export const LOCATION = { Location: 'The id of what was created.' };

export const started = {
  description: 'Decided and stored: the deployment that carries it out.',
  schema: deploymentResult,
  headers: DEPLOYMENT_ID,
} as const satisfies Answer;

const startsNew: Answer = {
  ...started,
  description: 'Created: the deployment that starts it.',
  headers: { ...DEPLOYMENT_ID, ...LOCATION },
};

/** Of a write to what is there. */
export const startsDeployment: Answers = { 200: orRehearsed(started) };
/** Of a write that creates what is not there. */
export const createsOrChanges: Answers = { 200: orRehearsed(started), 201: startsNew };
/** Of a new group. */
export const createsGroup: Answers = { ...rehearsedAlone, 201: startsNew };
/** Of a group's new contents. */
export const changesGroup: Answers = {
  200: {
    ...started,
    description: `${started.description} With \`dryRun\` the steps that it would have.`,
    schema: z.union([deploymentResult, deploymentSteps]),
  },
};

/** Of a kill, which with `scale` is a deployment. */
export const killAnswers = (description: string, killed: z.ZodType): Answers => ({
  200: orRehearsed({ description, schema: z.union([killed, deploymentResult]), headers: DEPLOYMENT_ID }),
});
