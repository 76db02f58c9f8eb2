import { AwsError, type AwsService } from '../endpoint/aws-service.ts';

/** What faults can strike. */
export type FaultableService = AwsService['name'] | 'dynamodb';

interface Exception {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly members?: Readonly<Record<string, unknown>>;
}

interface Exceptions {
  readonly throttled: Exception;
  readonly failed: Exception;
}

/** Each service's own words (error lists of their API references; a table on demand is throttled by ThrottlingException). */
const EXCEPTIONS: Readonly<Record<FaultableService, Exceptions>> = {
  dynamodb: {
    throttled: {
      code: 'ThrottlingException',
      status: 400,
      message: 'Throughput exceeds the current capacity of your table or index.',
    },
    failed: { code: 'InternalServerError', status: 500, message: 'Internal server error' },
  },
  ebs: {
    throttled: {
      code: 'RequestThrottledException',
      status: 400,
      message: 'The number of API requests has exceeded the maximum allowed API request throttling limit.',
      members: { Reason: 'ACCOUNT_THROTTLED' },
    },
    failed: { code: 'InternalServerException', status: 500, message: 'An internal error has occurred.' },
  },
  ec2: {
    throttled: { code: 'RequestLimitExceeded', status: 503, message: 'Request limit exceeded.' },
    failed: { code: 'InternalError', status: 500, message: 'An internal error has occurred' },
  },
  ecs: {
    throttled: { code: 'ThrottlingException', status: 400, message: 'Rate exceeded' },
    failed: { code: 'ServerException', status: 500, message: 'Service Unavailable. Please try again later.' },
  },
  events: {
    throttled: { code: 'ThrottlingException', status: 400, message: 'Rate exceeded' },
    failed: { code: 'InternalException', status: 500, message: 'An internal error has occurred' },
  },
  logs: {
    throttled: { code: 'ThrottlingException', status: 400, message: 'Rate exceeded' },
    failed: {
      code: 'ServiceUnavailableException',
      status: 500,
      message: 'The service cannot complete the request.',
    },
  },
};

/** What the service says when a caller is too fast. */
export function throttleError(service: FaultableService, fault: string): AwsError {
  return toError(EXCEPTIONS[service].throttled, fault);
}

/** What the service says when it fails and has done nothing. */
export function failBeforeError(service: FaultableService, fault: string): AwsError {
  return toError(EXCEPTIONS[service].failed, fault);
}

function toError({ code, status, message, members }: Exception, fault: string): AwsError {
  return new AwsError(code, `${message} (fault ${fault} of the local cloud)`, status, members);
}
