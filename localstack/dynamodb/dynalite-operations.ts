import batchGetItem from 'dynalite/actions/batchGetItem.js';
import batchWriteItem from 'dynalite/actions/batchWriteItem.js';
import createTable from 'dynalite/actions/createTable.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import describeTable from 'dynalite/actions/describeTable.js';
import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import scan from 'dynalite/actions/scan.js';
import updateItem from 'dynalite/actions/updateItem.js';
import type { DynaliteStore } from 'dynalite/db/index.js';
import batchGetItemInput from 'dynalite/validations/batchGetItem.js';
import batchWriteItemInput from 'dynalite/validations/batchWriteItem.js';
import createTableInput from 'dynalite/validations/createTable.js';
import deleteItemInput from 'dynalite/validations/deleteItem.js';
import describeTableInput from 'dynalite/validations/describeTable.js';
import getItemInput from 'dynalite/validations/getItem.js';
import validations from 'dynalite/validations/index.js';
import putItemInput from 'dynalite/validations/putItem.js';
import queryInput from 'dynalite/validations/query.js';
import scanInput from 'dynalite/validations/scan.js';
import updateItemInput from 'dynalite/validations/updateItem.js';
import * as z from 'zod';
import { AwsError } from '../endpoint/aws-service.ts';

const OPERATIONS = {
  BatchGetItem: { input: batchGetItemInput, run: batchGetItem },
  BatchWriteItem: { input: batchWriteItemInput, run: batchWriteItem },
  CreateTable: { input: createTableInput, run: createTable },
  DeleteItem: { input: deleteItemInput, run: deleteItem },
  DescribeTable: { input: describeTableInput, run: describeTable },
  GetItem: { input: getItemInput, run: getItem },
  PutItem: { input: putItemInput, run: putItem },
  Query: { input: queryInput, run: query },
  Scan: { input: scanInput, run: scan },
  UpdateItem: { input: updateItemInput, run: updateItem },
} as const;

export type DynaliteOperation = keyof typeof OPERATIONS;

/**
 * Runs one operation of dynalite on a store, past its HTTP server: no second hop, and no second parse of the body.
 * Refusals reject with `AwsError`; anything else is a fault of the store.
 */
export async function runOperation(name: DynaliteOperation, store: DynaliteStore, input: unknown): Promise<unknown> {
  const operation = OPERATIONS[name];
  refuseUnknownParameters(name, input, operation.input.types);
  try {
    const data = validations.checkTypes(input, operation.input.types);
    validations.checkValidations(data, operation.input.types, operation.input.custom, store);
    return await new Promise((resolve, reject) => {
      operation.run(store, data, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  } catch (error) {
    throw toAwsError(error);
  }
}

/** dynalite drops what it does not know in silence: a caller would believe that it works. */
function refuseUnknownParameters(name: string, input: unknown, types: Record<string, unknown>): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AwsError('SerializationException', `the body of ${name} is not a JSON object`);
  }
  const unknown = Object.keys(input).filter((parameter) => !(parameter in types));
  if (unknown.length === 0) return;
  throw new AwsError('ValidationException', `the local DynamoDB has no ${unknown.join(', ')} on ${name}`);
}

const dynaliteError = z.object({
  statusCode: z.number(),
  body: z.object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() }),
});

function toAwsError(error: unknown): unknown {
  const refusal = dynaliteError.safeParse(error);
  if (!refusal.success) return error;
  const { statusCode, body } = refusal.data;
  return new AwsError(body.__type.split('#').at(-1) ?? body.__type, body.message ?? body.Message ?? '', statusCode);
}
