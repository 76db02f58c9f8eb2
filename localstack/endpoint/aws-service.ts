/** One call of an AWS operation, after the wire protocol is taken off. */
export interface AwsCall {
  /** `StartTask`, `DescribeInstances`, `PutEvents`… */
  readonly operation: string;
  /**
   * The request as the SDK sent it, not validated yet: JSON for `json1.1`; for `ec2Query` nested objects and lists
   * under the EC2 API Reference's names (`InstanceId: ['i-1']`), every leaf a text.
   */
  readonly input: unknown;
  /** Who calls: the access key id of the signature; each function has its own. */
  readonly accessKeyId: string;
}

/** A service of the local cloud, served by the shared loopback endpoint at `/<name>`. */
export interface AwsService {
  readonly name: 'ecs' | 'ec2' | 'events';
  readonly protocol: 'json1.1' | 'ec2Query';
  /**
   * The answer as the service's model shapes it (times as `Date`); for `ec2Query` under the XML names of the EC2 API
   * Reference, `reservationSet` and not `Reservations`. Throws `AwsError` for what AWS would refuse.
   */
  call(call: AwsCall): Promise<unknown>;
}

/** An error as AWS words it: `code` is the exception's name on the wire. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
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
