/** One field that is wrong, as Marathon writes it: `{"path": "/container/docker", "errors": ["not defined"]}`. */
export interface FieldErrors {
  readonly path: string;
  readonly errors: readonly string[];
}

/** A list for definitions that are wrong; a text for JSON that cannot be read (api-endpoints.md §1.3). */
export type ErrorDetails = string | readonly FieldErrors[];

/** Every kind of refusal and failure a client can meet, with its HTTP status. */
const ERROR_STATUS = {
  'json-syntax': 400,
  'body-missing': 400,
  'bad-request': 400,
  'json-schema': 422,
  'not-valid': 422,
  'illegal-argument': 422,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'media-type': 415,
  locked: 409,
  exists: 409,
  'too-many-deployments': 403,
  'body-too-large': 413,
  'answer-too-large': 500,
  'try-again': 503,
  internal: 500,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;

interface ErrorContext {
  readonly details?: ErrorDetails;
  /** Ids of the deployments that hold a lock; clients tell the two 409s apart by it. */
  readonly deployments?: readonly string[];
  readonly cause?: unknown;
}

/** The one family of errors that cross a function's edge. Made by the functions of the catalogue only. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: ErrorDetails | undefined;
  readonly deployments: readonly string[] | undefined;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.status = ERROR_STATUS[code];
    this.details = context.details;
    this.deployments = context.deployments;
  }
}

export interface ErrorBody {
  readonly message: string;
  readonly details?: ErrorDetails;
  readonly deployments?: readonly { readonly id: string }[];
}

/** Marathon's error body; keys without a value are left out. */
export function toErrorBody(error: AppError): ErrorBody {
  return {
    message: error.message,
    ...(error.details === undefined ? {} : { details: error.details }),
    ...(error.deployments === undefined ? {} : { deployments: error.deployments.map((id) => ({ id })) }),
  };
}

/** The error of one element of a list: the paths of its details begin with the place, `(0)/id`. */
export function inElement(error: AppError, index: number): AppError {
  const { code, message, details, deployments, cause } = error;
  if (!Array.isArray(details)) return error;
  const placed = details.map(({ path, errors }: FieldErrors) => ({
    path: `(${index})${path === '' || path === '/' ? '' : `/${path.replace(/^\//, '')}`}`,
    errors,
  }));
  return new AppError(code, message, { details: placed, ...(deployments && { deployments }), cause });
}
