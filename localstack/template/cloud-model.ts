import type { TableDefinition } from '../dynamodb/table-definition.ts';

/** The stack as the local cloud runs it: names and ARNs resolved, defaults of AWS filled in. */
export interface CloudModel {
  readonly stackName: string;
  readonly file: string;
  readonly functions: readonly FunctionModel[];
  readonly queueSources: readonly QueueSourceModel[];
  readonly streamSources: readonly StreamSourceModel[];
  readonly queues: readonly QueueModel[];
  readonly tables: readonly TableModel[];
  readonly buses: readonly BusModel[];
  readonly rules: readonly RuleModel[];
  readonly clusters: readonly ClusterModel[];
  /** Names. */
  readonly logGroups: readonly string[];
  readonly apis: readonly ApiModel[];
}

export interface FunctionModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Directory of the bundle. */
  readonly directory: string;
  /** `index.handler`: module without its ending, and export. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency: number | undefined;
  readonly asynchronous: AsynchronousModel;
}

export interface AsynchronousModel {
  readonly retries: number;
  readonly maxAgeSeconds: number;
  readonly onFailureQueueArn: string | undefined;
}

export interface QueueModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly maxMessageBytes: number;
  readonly redrive: { readonly targetArn: string; readonly maxReceiveCount: number } | undefined;
}

interface SourceModel {
  readonly logicalId: string;
  readonly functionName: string;
  readonly sourceArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly reportBatchItemFailures: boolean;
}

export interface QueueSourceModel extends SourceModel {
  readonly maxConcurrency: number | undefined;
}

export interface StreamSourceModel extends SourceModel {
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** JSON texts of event patterns; a record that matches none of them is skipped. Empty: all records. */
  readonly filters: readonly string[];
  readonly bisectOnError: boolean;
  /** -1: for ever. */
  readonly maxRetries: number;
  /** -1: for ever. */
  readonly maxRecordAgeSeconds: number;
  readonly onFailureQueueArn: string | undefined;
}

export interface TableModel {
  readonly arn: string;
  readonly streamArn: string;
  readonly definition: TableDefinition;
}

export interface BusModel {
  readonly name: string;
  readonly arn: string;
}

export interface RuleModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Name of a bus of the template, or `default`. */
  readonly bus: string;
  readonly enabled: boolean;
  readonly pattern: unknown;
  readonly schedule: string | undefined;
  readonly targets: readonly { readonly id: string; readonly arn: string; readonly input: string | undefined }[];
}

export interface ClusterModel {
  readonly name: string;
  readonly arn: string;
}

export interface ApiModel {
  readonly id: string;
  readonly stage: string;
  readonly binaryMediaTypes: readonly string[];
  /** Bytes from which on answers are packed for clients that accept it; absent: never. */
  readonly minimumCompressionSize?: number;
  readonly routes: readonly RouteModel[];
  readonly gatewayResponses: readonly GatewayResponseModel[];
}

export interface RouteModel {
  readonly resourceId: string;
  /** `/v2/{proxy+}`; the root is `/`. */
  readonly resourcePath: string;
  /** Verb or `ANY` → integration. */
  readonly methods: Readonly<Record<string, IntegrationModel>>;
}

export interface IntegrationModel {
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly streaming: boolean;
}

export interface GatewayResponseModel {
  /** `DEFAULT_4XX`, `REQUEST_TOO_LARGE`… */
  readonly responseType: string;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** For `application/json`. */
  readonly template: string | undefined;
}
