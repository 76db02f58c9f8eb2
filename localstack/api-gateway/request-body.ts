import type { IncomingMessage } from 'node:http';

/** API Gateway takes 10 MB, Lambda 6 MB of event around it (aws.md §4.3, §4.5). */
export const BODY_LIMIT = 10 * 1024 * 1024;

/** What is over the limit is read and dropped up to here, since a client that is still sending may not see an answer. */
const DRAIN_LIMIT = 10 * BODY_LIMIT;

/** The body of a request, or `too-large`. Rejects when the client breaks off. */
export async function readBody(request: IncomingMessage): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a request without encoding yields buffers');
    size += chunk.length;
    if (size > DRAIN_LIMIT) break;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return size > BODY_LIMIT ? 'too-large' : Buffer.concat(chunks);
}
