import * as z from 'zod';

const whole = z.number().int().nonnegative();

const queueOnFailure = z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional();

/** The values that the local cloud accepts for the properties it executes, with AWS's defaults. */
export const FUNCTION = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string().regex(/^[^.]+\.[^.]+$/, 'a module and its export, as index.handler'),
  Runtime: z.literal('nodejs24.x'),
  Environment: z.object({ Variables: z.record(z.string(), z.string()).default({}) }).default({ Variables: {} }),
  Timeout: whole.min(1).max(900).default(3),
  MemorySize: whole.min(128).max(10_240).default(128),
  ReservedConcurrentExecutions: whole.optional(),
});

export const EVENT_INVOKE_CONFIG = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: whole.max(2).default(2),
  MaximumEventAgeInSeconds: whole.min(60).max(21_600).default(21_600),
  DestinationConfig: queueOnFailure,
});

export const EVENT_SOURCE_MAPPING = z.object({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  BatchSize: whole.min(1).max(10_000).optional(),
  MaximumBatchingWindowInSeconds: whole.max(300).default(0),
  Enabled: z.boolean().default(true),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: whole.min(2).max(1000) }).optional(),
  FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })) }).default({ Filters: [] }),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
  BisectBatchOnFunctionError: z.boolean().default(false),
  MaximumRetryAttempts: z.number().int().min(-1).max(10_000).default(-1),
  MaximumRecordAgeInSeconds: z.number().int().min(-1).max(604_800).default(-1),
  DestinationConfig: queueOnFailure,
});

export const QUEUE = z.object({
  VisibilityTimeout: whole.max(43_200).default(30),
  DelaySeconds: whole.max(900).default(0),
  MessageRetentionPeriod: whole.min(60).max(1_209_600).default(345_600),
  MaximumMessageSize: whole.min(1024).max(1_048_576).default(1_048_576),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: whole.min(1).max(1000) }).optional(),
});

export const RULE = z.object({
  EventBusName: z.string().default('default'),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z
    .array(z.object({ Id: z.string(), Arn: z.string(), Input: z.string().optional() }))
    .max(5)
    .default([]),
});

export const REST_API = z.object({
  BinaryMediaTypes: z.array(z.string()).default([]),
  MinimumCompressionSize: z.number().int().min(0).max(10_485_760).optional(),
});

export const API_RESOURCE = z.object({ ParentId: z.string(), PathPart: z.string(), RestApiId: z.string() });

export const API_METHOD = z.object({
  RestApiId: z.string(),
  ResourceId: z.string(),
  HttpMethod: z.string(),
  AuthorizationType: z.enum(['NONE', 'AWS_IAM']).default('NONE'),
  ApiKeyRequired: z.literal(false).optional(),
  Integration: z.object({
    Type: z.literal('AWS_PROXY'),
    Uri: z.string(),
    TimeoutInMillis: whole.min(50).max(900_000).optional(),
    ResponseTransferMode: z.enum(['BUFFERED', 'STREAM']).default('BUFFERED'),
  }),
});

export const API_STAGE = z.object({ RestApiId: z.string(), StageName: z.string() });

export const GATEWAY_RESPONSE = z.object({
  RestApiId: z.string(),
  ResponseType: z.string(),
  StatusCode: z
    .string()
    .regex(/^[45]\d\d$/)
    .optional(),
  ResponseTemplates: z.record(z.string(), z.string()).default({}),
  ResponseParameters: z.record(z.string(), z.string()).default({}),
});
