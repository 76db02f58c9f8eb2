import * as z from 'zod';
import { readControlFile } from './control-file.ts';

/** Why a command on the running local cloud failed, for its user. */
export class ControlClientError extends Error {
  override readonly name = 'ControlClientError';
}

/** Speaks to the local cloud that runs on a data directory. */
export interface ControlClient {
  /** Throws `ControlClientError` with the control port's own words. */
  call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, schema: z.ZodType<T>, body?: unknown): Promise<T>;
  /** The answer's bytes as they come. */
  stream(path: string): Promise<AsyncIterable<Uint8Array>>;
}

/** Throws `ControlClientError` when no local cloud runs on the directory. */
export function connectControl(dataDirectory: string): ControlClient {
  const none = `no local cloud runs on ${dataDirectory}: start one with npm start, or name its directory with --data`;
  const address = readControlFile(dataDirectory);
  if (address === undefined) throw new ControlClientError(none);

  const request = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${address.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${address.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new ControlClientError(none, { cause });
    });
    if (response.ok) return response;
    const answer = z.object({ message: z.string() }).safeParse(await response.json());
    throw new ControlClientError(answer.success ? answer.data.message : `status ${response.status}`);
  };
  return {
    async call(method, path, schema, body) {
      const response = await request(method, path, body);
      return schema.parse(await response.json());
    },
    async stream(path) {
      const { body } = await request('GET', path);
      if (body === null) throw new ControlClientError(`GET ${path} answered nothing`);
      return body;
    },
  };
}
