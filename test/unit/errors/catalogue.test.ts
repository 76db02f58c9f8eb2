import { describe, expect, test } from 'vitest';
import { type AppError, toErrorBody } from '../../../lib/errors/app-error.ts';
import * as errors from '../../../lib/errors/catalogue.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';

const app = resolvePathId('/my/app');
const cause = new Error('arn:aws:dynamodb:secret');

interface Case {
  readonly error: AppError;
  readonly status: number;
  readonly body: unknown;
}

/** Bodies of api-endpoints.md §1.3, written out by hand. */
const CASES: Readonly<Record<keyof typeof errors, Case>> = {
  jsonSyntax: {
    error: errors.jsonSyntax('Unexpected token'),
    status: 400,
    body: { message: 'Invalid JSON', details: 'Unexpected token' },
  },
  bodyMissing: {
    error: errors.bodyMissing(),
    status: 400,
    body: {
      message: 'Please specify data in JSON format',
      details: 'No content to map due to end-of-input\n at [Source: (String)""; line: 1, column: 0]',
    },
  },
  jsonSchema: {
    error: errors.jsonSchema([{ path: '/id', errors: ['error.expected.jsstring'] }]),
    status: 422,
    body: { message: 'Invalid JSON', details: [{ path: '/id', errors: ['error.expected.jsstring'] }] },
  },
  notValid: {
    error: errors.notValid([{ path: '/', errors: ['must not be root'] }]),
    status: 422,
    body: { message: 'Object is not valid', details: [{ path: '/', errors: ['must not be root'] }] },
  },
  illegalArgument: {
    error: errors.illegalArgument('requirement failed: App Update must have app id set'),
    status: 422,
    body: { message: 'requirement failed: App Update must have app id set' },
  },
  scaleAndWipe: {
    error: errors.scaleAndWipe(),
    status: 400,
    body: { message: 'You cannot use scale and wipe at the same time.' },
  },
  invalidTaskId: {
    error: errors.invalidTaskId('x'),
    status: 400,
    body: { message: "Invalid task id 'x'. [taskId x no valid identifier (of class java.lang.String)]" },
  },
  invalidUuid: {
    error: errors.invalidUuid('x'),
    status: 422,
    body: { message: 'Invalid UUID string: x' },
  },
  taskFileNotFound: {
    error: errors.taskFileNotFound('t', 'stderr', ['stdout']),
    status: 404,
    body: {
      message: "Task 't' has no file 'stderr': there is stdout. The log driver of ECS writes stderr there too.",
    },
  },
  badOffset: {
    error: errors.badOffset('x'),
    status: 422,
    body: {
      message: "No page of this file ended at offset 'x', or that was more than a day ago. Begin with 0, or with end.",
    },
  },
  pathNotFound: {
    error: errors.pathNotFound(app),
    status: 404,
    body: { message: "Path '/my/app' does not exist" },
  },
  killedPartly: {
    error: errors.killedPartly(2),
    status: 503,
    body: { message: '2 of the tasks changed too often to be killed; the others are. Repeat the request.' },
  },
  podNotFound: {
    error: errors.podNotFound(app),
    status: 404,
    body: { message: "Pod '/my/app' does not exist" },
  },
  podNotFoundTwiceEncoded: {
    error: errors.podNotFoundTwiceEncoded(app),
    status: 404,
    body: { message: '{"message": "pod with /my/app does not exist"}' },
  },
  podExists: {
    error: errors.podExists(app),
    status: 409,
    body: { message: 'A pod with id [/my/app] already exists.' },
  },
  podIdMismatch: {
    error: errors.podIdMismatch(app, '/b'),
    status: 400,
    body: { message: "'/my/app' does not match definition's id ('/b')" },
  },
  notQueued: {
    error: errors.notQueued(app),
    status: 404,
    body: { message: 'Application /my/app not found in tasks queue.' },
  },
  pluginNotFound: {
    error: errors.pluginNotFound('x'),
    status: 404,
    body: { message: 'No plugin with this pluginId: x' },
  },
  artifactNotFound: {
    error: errors.artifactNotFound('a/b'),
    status: 404,
    body: { message: 'No artifact with path a/b' },
  },
  binaryNotAcceptable: {
    error: errors.binaryNotAcceptable('a/b'),
    status: 406,
    body: { message: 'The artifact a/b is no text: ask for it with the header Accept: application/octet-stream' },
  },
  invalidTimestamp: {
    error: errors.invalidTimestamp('yesterday'),
    status: 422,
    body: { message: "Invalid timestamp provided 'yesterday'. Expecting ISO-8601 datetime string." },
  },
  appNotFound: {
    error: errors.appNotFound(app, toTimestamp(1577836800000)),
    status: 404,
    body: { message: "App '/my/app' does not exist in version 2020-01-01T00:00:00.000Z" },
  },
  groupNotFound: { error: errors.groupNotFound(app), status: 404, body: { message: "Group '/my/app' does not exist" } },
  taskNotFound: { error: errors.taskNotFound('t.1'), status: 404, body: { message: "Task 't.1' does not exist" } },
  tickNotFound: { error: errors.tickNotFound('x'), status: 404, body: { message: 'Tick x does not exist' } },
  deploymentNotFound: {
    error: errors.deploymentNotFound('d-1'),
    status: 404,
    body: { message: 'DeploymentPlan d-1 does not exist' },
  },
  uriNotFound: { error: errors.uriNotFound(), status: 404, body: { message: 'URI not found' } },
  methodNotAllowed: { error: errors.methodNotAllowed(), status: 405, body: { message: 'Method Not Allowed' } },
  notAcceptable: { error: errors.notAcceptable(), status: 406, body: { message: 'Not Acceptable' } },
  unsupportedMediaType: {
    error: errors.unsupportedMediaType(),
    status: 415,
    body: { message: 'Unsupported Media Type' },
  },
  locked: {
    error: errors.locked(['97c136bf-5a28-4821-9d94-480d9fbb01c8' as DeploymentId]),
    status: 409,
    body: {
      message:
        "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
      deployments: [{ id: '97c136bf-5a28-4821-9d94-480d9fbb01c8' }],
    },
  },
  groupExists: {
    error: errors.groupExists(app),
    status: 409,
    body: { message: 'Group /my/app is already created. Use PUT to change this group.' },
  },
  groupIdTaken: {
    error: errors.groupIdTaken(app),
    status: 409,
    body: { message: 'An app with the path /my/app already exists.' },
  },
  groupVersionNotFound: {
    error: errors.groupVersionNotFound(app, toTimestamp(0)),
    status: 422,
    body: { message: 'Group /my/app not available in version 1970-01-01T00:00:00.000Z' },
  },
  appExists: {
    error: errors.appExists(app),
    status: 409,
    body: { message: 'An app with id [/my/app] already exists.' },
  },
  tooManyDeployments: {
    error: errors.tooManyDeployments(100),
    status: 403,
    body: {
      message:
        'Max number (100) of running deployments is achieved. Wait for existing deployments to complete or cancel oneusing force=true parameter. You can increase max deployment number by using --max_running_deployments parameter but be advised that this can have negative effects on the performance.',
    },
  },
  bodyTooLarge: {
    error: errors.bodyTooLarge('The request body', 6_000_000, 'bytes'),
    status: 413,
    body: { message: 'The request body is larger than the limit of 6000000 bytes. Send a smaller one, or split it.' },
  },
  answerTooLarge: {
    error: errors.answerTooLarge(7_000_000, 6_000_000),
    status: 500,
    body: {
      message:
        'The answer has 7000000 bytes, more than the limit of 6000000. Ask for less: by label, by group or by id. GET /v2/apps and GET /v2/groups have no such limit.',
    },
  },
  tryAgain: {
    error: errors.tryAgain('Eight other writers were faster.', cause),
    status: 503,
    body: { message: 'Eight other writers were faster. Nothing was changed: please try again.' },
  },
  outcomeUnknown: {
    error: errors.outcomeUnknown(cause),
    status: 503,
    body: { message: 'The store did not answer. The change may have been made: look before you repeat it.' },
  },
  internalError: {
    error: errors.internalError('r-1', cause),
    status: 500,
    body: { message: 'Internal error; the log has the cause under request r-1.' },
  },
};

describe('catalogue', () => {
  test.each(Object.entries(CASES))('%s', (_name, { error, status, body }) => {
    expect({ status: error.status, body: toErrorBody(error) }).toEqual({ status, body });
  });

  test('an app without a version is named alone', () => {
    expect(toErrorBody(errors.appNotFound(app))).toEqual({ message: "App '/my/app' does not exist" });
  });

  test('the cause is kept for the log', () => {
    expect(errors.internalError('r-1', cause).cause).toBe(cause);
  });
});
