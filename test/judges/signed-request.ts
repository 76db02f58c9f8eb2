import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** SHA-256, keyed or not, as the signer asks for it. */
class Sha256 {
  private readonly hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toKey(secret));
  }
  update(chunk: Uint8Array): void {
    this.hash.update(chunk);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.hash.digest());
  }
  reset(): void {
    throw new Error('one digest for each object');
  }
}

function toKey(secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof secret === 'string') return secret;
  return ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
}

export interface SignedRequest {
  /** What it is signed for: `execute-api`, `sqs`… */
  readonly service: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Caller {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** `fetch` of a request signed with Signature Version 4. */
export async function fetchSigned({ region, ...credentials }: Caller, request: SignedRequest): Promise<Response> {
  const { service, method, body } = request;
  const url = new URL(request.url);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...request.headers, host: url.host },
    ...(body !== undefined && { body }),
  });
  return fetch(url, {
    method,
    headers: signed.headers,
    signal: AbortSignal.timeout(60_000),
    ...(body !== undefined && { body }),
  });
}
