import { Writable } from 'node:stream';
import type { StreamHead } from './worker-protocol.ts';

/** Marks a handler made by `streamifyResponse`; the runtime of AWS uses the same symbol. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

export interface StreamOutput {
  /** Called once, at the first write; without a head when the handler gave none. */
  head(head: StreamHead | undefined): void;
  /** Resolves when the next chunk may follow. */
  chunk(chunk: Uint8Array): Promise<void>;
}

/** The stream a streaming handler writes its answer to. */
export class ResponseStream extends Writable {
  readonly #output: StreamOutput;
  #head: StreamHead | undefined;
  #started = false;

  constructor(output: StreamOutput) {
    super({ decodeStrings: true });
    this.#output = output;
  }

  setHead(head: StreamHead): void {
    this.#head = head;
  }

  /** Head and first bytes travel together: nothing reaches the client before the first write, as on AWS. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#output.head(this.#head);
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#start();
    if (chunk.length === 0) done();
    else this.#output.chunk(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#start();
    done();
  }
}

export type StreamingHandler = (event: unknown, stream: ResponseStream, context: unknown) => unknown;

/** Whether a handler was made by `streamifyResponse`. */
export function isStreamingHandler(handler: object): boolean {
  return Reflect.get(handler, STREAMING) === 'response';
}

/** `globalThis.awslambda` as the Node.js runtime of Lambda provides it. */
export const awslambda = {
  streamifyResponse(handler: StreamingHandler): StreamingHandler {
    return Object.assign(handler, { [STREAMING]: 'response' });
  },
  HttpResponseStream: {
    from(stream: ResponseStream, head: StreamHead): ResponseStream {
      stream.setHead(head);
      return stream;
    },
  },
};
