import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AwsError } from '../endpoint/aws-service.ts';
import { ConnectionCut } from '../faults/under-faults.ts';
import type { DynaliteOperation } from './dynalite-operations.ts';

/** One call that the local DynamoDB has let in, and who made it. */
export interface DynamoDbCall {
  /** The access key id of the signature; each function has its own. */
  readonly accessKeyId: string;
  readonly operation: DynaliteOperation;
}

type Execute = (call: DynamoDbCall, input: unknown) => Promise<unknown>;

/** The operations of the local DynamoDB. */
export const SERVED = [
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
] as const satisfies readonly DynaliteOperation[];

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const TARGET_PREFIX = 'DynamoDB_20120810.';

/** An HTTP server that speaks DynamoDB's JSON protocol. Signatures are read for who calls, not verified. */
export function createHttpFront(execute: Execute): Server {
  return createServer(async (request, response) => {
    try {
      const body = await readBody(request);
      const operation = readOperation(request);
      const call = { accessKeyId: readAccessKeyId(request), operation };
      send(response, 200, await execute(call, parseBody(body)));
    } catch (error) {
      if (error instanceof ConnectionCut) return void response.destroy();
      const { status, code, message } = error instanceof AwsError ? error : toInternalError(error);
      send(response, status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message });
    }
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new AwsError('RequestEntityTooLarge', 'a request may have 16 MB', 413);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readOperation(request: IncomingMessage): DynaliteOperation {
  const target = request.headers['x-amz-target'];
  const operation = SERVED.find((name) => target === TARGET_PREFIX + name);
  if (operation !== undefined) return operation;
  const named = typeof target === 'string' ? target : `${request.method} ${request.url} without X-Amz-Target`;
  throw new AwsError('UnknownOperationException', `the local DynamoDB has no ${named}; it has ${SERVED.join(', ')}`);
}

/** Credential=<access key id>/<date>/<region>/<service>/aws4_request, of Signature Version 4's Authorization header. */
function readAccessKeyId(request: IncomingMessage): string {
  const { authorization } = request.headers;
  if (authorization === undefined || !authorization.startsWith('AWS4-')) {
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  const accessKeyId = /Credential=([^/,\s]+)\//.exec(authorization)?.[1];
  if (accessKeyId !== undefined) return accessKeyId;
  throw new AwsError('IncompleteSignatureException', "Authorization header requires 'Credential' parameter.");
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AwsError('SerializationException', `the body is not JSON: ${String(cause)}`);
  }
}

function toInternalError(error: unknown): AwsError {
  console.error('local DynamoDB:', error);
  return new AwsError('InternalServerError', `the local DynamoDB failed: ${String(error)}`, 500);
}

function send(response: ServerResponse, status: number, answer: unknown): void {
  const body = JSON.stringify(answer);
  response.writeHead(status, {
    'Content-Type': 'application/x-amz-json-1.0',
    'Content-Length': Buffer.byteLength(body),
    'x-amzn-RequestId': randomUUID(),
  });
  response.end(body);
}
