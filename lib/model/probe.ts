/** One question to a task: what is asked, where, and how long an answer may take. */
export type ProbeTarget = ProbeAddress &
  (
    | {
        readonly kind: 'http';
        /** HTTPS; certificates are not verified. */
        readonly secure: boolean;
        /** As it goes into the request: nothing in it is to be encoded any more. */
        readonly path: string;
        /** Characters of the body to give back; 0: the status alone, without body and content type. */
        readonly bodyLimit: number;
      }
    | { readonly kind: 'tcp' }
  );

export interface ProbeAddress {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** What became of the question. */
export type ProbeOutcome =
  | { readonly kind: 'connected' }
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly reason: string;
      readonly contentType: string;
      readonly body: string;
    }
  /** `timedOut`: nobody answered in time, so a socket was held all along. */
  | { readonly kind: 'failed'; readonly cause: string; readonly timedOut: boolean };
