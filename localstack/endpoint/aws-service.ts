/** One call of an AWS operation, after the wire protocol is taken off. */
export interface AwsCall {
  /** `StartTask`, `DescribeInstances`, `PutEvents`… */
  readonly operation: string;
  /**
   * The request as the SDK sent it, not validated yet: JSON for `json1.1`; for `ec2Query` nested objects and lists
   * under the EC2 API Reference's names (`InstanceId: ['i-1']`), every leaf a text; for `restJson1` the members by
   * name, those of path, query and headers as texts, a payload as bytes.
   */
  readonly input: unknown;
  /** Who calls: the access key id of the signature; each function has its own. */
  readonly accessKeyId: string;
  /** As of so many milliseconds ago the answer is to be, of an operation that the service's `lag` names. */
  readonly lagMs?: number;
}

/** How a REST operation is laid out over a request and its answer; members not named travel as JSON in the body. */
export interface RestRoute {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** `{Member}` stands for one segment: `/snapshots/{SnapshotId}/blocks`. */
  readonly path: string;
  /** Of a success. */
  readonly status: number;
  /** Member to name, in requests and answers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** The member that is the body itself, as bytes: of the request of a PUT, of the answer of a GET. */
  readonly payload?: string;
}

interface Service {
  readonly name: 'ecs' | 'ec2' | 'ebs' | 'events' | 'logs';
  /** What `call` serves; it refuses everything else by name. */
  readonly operations: readonly string[];
  /** What it can answer as of a moment ago, as far back as it was told to remember from now on. */
  readonly lag?: { readonly operations: readonly string[]; remember(ms: number): void };
  /**
   * The answer as the service's model shapes it (times as `Date`); for `ec2Query` under the XML names of the EC2 API
   * Reference, `reservationSet` and not `Reservations`. Throws `AwsError` for what AWS would refuse.
   */
  call(call: AwsCall): Promise<unknown>;
}

/** A service of the local cloud, served by the shared loopback endpoint at `/<name>`. */
export type AwsService =
  | (Service & { readonly protocol: 'json1.1' | 'ec2Query' })
  | (Service & { readonly protocol: 'restJson1'; readonly routes: readonly RestRoute[] });

/** An error as AWS words it: `code` is the exception's name on the wire. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  /** What the exception carries beside its message, such as `resourceIds`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** An event on its way to a bus, in EventBridge's own shape. */
export interface EventBridgeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Account and region of the local cloud: what ARNs are made of. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'local';
