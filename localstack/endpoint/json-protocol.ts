import { AwsError } from './aws-service.ts';
import type { WireProtocol } from './wire-protocol.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** awsJson1_1: `X-Amz-Target: <service>.<operation>`, JSON both ways, times as epoch seconds, errors by `__type`. */
export const jsonProtocol: WireProtocol = {
  decode({ headers, body }) {
    const target = headers['x-amz-target'];
    const operation = typeof target === 'string' ? target.split('.').at(-1) : undefined;
    if (operation === undefined || operation === '') {
      throw new AwsError(
        'UnknownOperationException',
        'the request has no X-Amz-Target header: call through an AWS SDK',
      );
    }
    return { operation, input: parseJson(body.toString('utf8')) };
  },
  encodeAnswer(_operation, answer) {
    return { status: 200, contentType: CONTENT_TYPE, body: JSON.stringify(toEpochSeconds(answer ?? {})) };
  },
  encodeError(error) {
    const body = JSON.stringify({ __type: error.code, message: error.message, ...error.members });
    return { status: error.status, contentType: CONTENT_TYPE, body };
  },
};

/** A JSON body; none is an empty object. Throws SerializationException. */
export function parseJson(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AwsError('SerializationException', `the body is not JSON: ${String(cause)}`);
  }
}

/** AWS's JSON: times as seconds since 1970, with fractions. */
export function toEpochSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toEpochSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toEpochSeconds(member)]));
}
