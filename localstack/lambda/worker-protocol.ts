/** What a worker thread needs to know before its first invocation. */
export interface WorkerSetup {
  /** URL of the bundle's module. */
  readonly module: string;
  /** Name of the export to call. */
  readonly exportName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  /** Directory for V8's compile cache, shared by all workers. */
  readonly compileCache: string;
}

/** An error as Lambda reports it to its caller. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** Status and headers of a streamed answer: the prelude of `HttpResponseStream.from`. */
export interface StreamHead {
  readonly statusCode?: unknown;
  readonly headers?: unknown;
  readonly multiValueHeaders?: unknown;
  readonly cookies?: unknown;
}

export type ToWorker =
  | {
      readonly kind: 'invoke';
      readonly requestId: string;
      /** The event as JSON text, as the service delivers it. */
      readonly event: string;
      /** Milliseconds since the epoch. */
      readonly deadline: number;
      readonly streaming: boolean;
    }
  /** The last chunk has gone to the client: the next may follow. */
  | { readonly kind: 'written' }
  /** The client has gone. */
  | { readonly kind: 'abandoned' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unloadable'; readonly error: FunctionError }
  /** The result as JSON text. Of a streaming invocation: its end. */
  | { readonly kind: 'succeeded'; readonly result: string }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  | { readonly kind: 'head'; readonly head: StreamHead | undefined }
  | { readonly kind: 'chunk'; readonly chunk: Uint8Array };
