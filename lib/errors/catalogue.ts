import type { DeploymentId } from '../model/ids.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/timestamp.ts';
import { AppError, type FieldErrors } from './app-error.ts';

// Texts are Marathon 1.11's to the letter, its slips included (api-endpoints.md §1.3): clients match on them.

export const jsonSyntax = (parserText: string): AppError =>
  new AppError('json-syntax', 'Invalid JSON', { details: parserText });

export const bodyMissing = (): AppError =>
  new AppError('body-missing', 'Please specify data in JSON format', {
    details: 'No content to map due to end-of-input\n at [Source: (String)""; line: 1, column: 0]',
  });

/** Readable JSON of the wrong types or out of range. Marathon answers 422, although its RAML says 400. */
export const jsonSchema = (details: readonly FieldErrors[]): AppError =>
  new AppError('json-schema', 'Invalid JSON', { details });

/** Well-formed, but against a rule. */
export const notValid = (details: readonly FieldErrors[]): AppError =>
  new AppError('not-valid', 'Object is not valid', { details });

/** A parameter that cannot be read; the text says which and why. */
export const illegalArgument = (message: string): AppError => new AppError('illegal-argument', message);

export const scaleAndWipe = (): AppError =>
  new AppError('bad-request', 'You cannot use scale and wipe at the same time.');

export const invalidTaskId = (id: string): AppError =>
  new AppError(
    'bad-request',
    `Invalid task id '${id}'. [taskId ${id} no valid identifier (of class java.lang.String)]`,
  );

export const invalidUuid = (text: string): AppError => illegalArgument(`Invalid UUID string: ${text}`);

export const invalidTimestamp = (text: string): AppError =>
  illegalArgument(`Invalid timestamp provided '${text}'. Expecting ISO-8601 datetime string.`);

const inVersion = (version?: Timestamp): string => (version === undefined ? '' : ` in version ${version}`);

const notFound = (message: string): AppError => new AppError('not-found', message);

export const appNotFound = (id: PathId, version?: Timestamp): AppError =>
  notFound(`App '${id}' does not exist${inVersion(version)}`);

export const podNotFound = (id: PathId): AppError => notFound(`Pod '${id}' does not exist`);

/** Marathon encodes this one twice: the text is a whole error body. */
export const podNotFoundTwiceEncoded = (id: PathId): AppError =>
  notFound(`{"message": "pod with ${id} does not exist"}`);

export const groupNotFound = (id: PathId): AppError => notFound(`Group '${id}' does not exist`);

export const taskNotFound = (id: string): AppError => notFound(`Task '${id}' does not exist`);

/** What there is of a task's files, and why there is no more. */
function whyNoFile(existing: readonly string[]): string {
  if (existing.length === 0) {
    return 'nothing that it printed is kept: it never ran, it ended too long ago, or its app has a log driver of its own.';
  }
  const there = `there is ${existing.join(' and ')}.`;
  return existing.includes('stderr') ? there : `${there} The log driver of ECS writes stderr there too.`;
}

export const taskFileNotFound = (task: string, name: string, existing: readonly string[]): AppError =>
  notFound(`Task '${task}' has no file '${name}': ${whyNoFile(existing)}`);

export const badOffset = (offset: string): AppError =>
  illegalArgument(
    `No page of this file ended at offset '${offset}', or that was more than a day ago. Begin with 0, or with end.`,
  );

/** What Marathon says of a kill with `scale` when the app has no instances. */
export const pathNotFound = (id: PathId): AppError => notFound(`Path '${id}' does not exist`);

/** Also for an app that is there, when nothing of it waits. */
export const notQueued = (id: PathId): AppError => notFound(`Application ${id} not found in tasks queue.`);

export const pluginNotFound = (id: string): AppError => notFound(`No plugin with this pluginId: ${id}`);

export const artifactNotFound = (path: string): AppError => notFound(`No artifact with path ${path}`);

export const deploymentNotFound = (id: string): AppError => notFound(`DeploymentPlan ${id} does not exist`);

export const tickNotFound = (id: string): AppError => notFound(`Tick ${id} does not exist`);

/** Marathon 1.11 answers 500 here; 404, since some clients take each 5xx for a dead host (design §8). */
export const uriNotFound = (): AppError => notFound('URI not found');

export const methodNotAllowed = (): AppError => new AppError('method-not-allowed', 'Method Not Allowed');

export const notAcceptable = (): AppError => new AppError('not-acceptable', 'Not Acceptable');

/** API Gateway passes bytes on to clients that ask for them first. */
export const binaryNotAcceptable = (path: string): AppError =>
  new AppError(
    'not-acceptable',
    `The artifact ${path} is no text: ask for it with the header Accept: application/octet-stream`,
  );

export const unsupportedMediaType = (): AppError => new AppError('media-type', 'Unsupported Media Type');

export const locked = (holders: readonly DeploymentId[]): AppError =>
  new AppError(
    'locked',
    "App is locked by one or more deployments. Override with the option '?force=true'. " +
      "View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
    { deployments: holders },
  );

export const groupExists = (id: PathId): AppError =>
  new AppError('exists', `Group ${id} is already created. Use PUT to change this group.`);

/** An app has the id of a group that is to be created. */
export const groupIdTaken = (id: PathId): AppError =>
  new AppError('exists', `An app with the path ${id} already exists.`);

export const groupVersionNotFound = (id: PathId, version: Timestamp): AppError =>
  illegalArgument(`Group ${id} not available in version ${version}`);

export const appExists = (id: PathId): AppError => new AppError('exists', `An app with id [${id}] already exists.`);

export const podExists = (id: PathId): AppError => new AppError('exists', `A pod with id [${id}] already exists.`);

/** @param given the id as the body has it */
export const podIdMismatch = (id: PathId, given: string): AppError =>
  new AppError('bad-request', `'${id}' does not match definition's id ('${given}')`);

export const tooManyDeployments = (limit: number): AppError =>
  new AppError(
    'too-many-deployments',
    `Max number (${limit}) of running deployments is achieved. Wait for existing deployments to complete or cancel one` +
      'using force=true parameter. You can increase max deployment number by using --max_running_deployments parameter ' +
      'but be advised that this can have negative effects on the performance.',
  );

/** @param what names the thing, e.g. `The request body`; a size is not given, since reading stops at the limit */
export const bodyTooLarge = (what: string, limit: number, unit: 'bytes' | 'characters' | 'values'): AppError =>
  new AppError(
    'body-too-large',
    `${what} is larger than the limit of ${limit} ${unit}. Send a smaller one, or split it.`,
  );

/** An answer that fits into no result of a function. What was asked may have been done. */
export const answerTooLarge = (size: number, limit: number): AppError =>
  new AppError(
    'answer-too-large',
    `The answer has ${size} bytes, more than the limit of ${limit}. Ask for less: by label, by group or by id. ` +
      'GET /v2/apps and GET /v2/groups have no such limit.',
  );

/** The request was given up before it had an effect, so repeating it is safe. */
export const tryAgain = (reason: string, cause?: unknown): AppError =>
  new AppError('try-again', `${reason} Nothing was changed: please try again.`, { cause });

/** Some of the tasks of one request changed so often that they could not be killed; the others are. */
export const killedPartly = (left: number): AppError =>
  new AppError('try-again', `${left} of the tasks changed too often to be killed; the others are. Repeat the request.`);

/** The request may have had its effect: its answer is lost, and so was the look for it. */
export const outcomeUnknown = (cause?: unknown): AppError =>
  new AppError('try-again', 'The store did not answer. The change may have been made: look before you repeat it.', {
    cause,
  });

/** A fault of ours. The cause goes to the log, never to the client. */
export const internalError = (requestId: string, cause: unknown): AppError =>
  new AppError('internal', `Internal error; the log has the cause under request ${requestId}.`, { cause });
