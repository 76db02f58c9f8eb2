import type { GatewayResponseModel } from '../template/cloud-model.ts';

/** The gateway's own answers: those that no function gives. `DEFAULT_5XX`: the function failed, or answered nonsense. */
export type GatewayErrorType =
  | 'BAD_REQUEST_BODY'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'REQUEST_TOO_LARGE'
  | 'THROTTLED'
  | 'INTEGRATION_TIMEOUT'
  | 'DEFAULT_5XX';

/** Status codes of API Gateway's documentation, "Gateway response types". */
const STATUS: Readonly<Record<GatewayErrorType, number>> = {
  BAD_REQUEST_BODY: 400,
  MISSING_AUTHENTICATION_TOKEN: 403,
  REQUEST_TOO_LARGE: 413,
  THROTTLED: 429,
  INTEGRATION_TIMEOUT: 504,
  DEFAULT_5XX: 502,
};

/** What a client is told when the function fails, or answers what API Gateway cannot use. */
export const FUNCTION_FAILED = 'Internal server error';

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** A refusal with the template's own shape for its type, else that for all 4xx or 5xx, else AWS's. */
export function renderGatewayResponse(
  responses: readonly GatewayResponseModel[],
  error: { readonly type: GatewayErrorType; readonly message: string; readonly requestId: string },
): GatewayAnswer {
  const status = STATUS[error.type];
  const own = responses.find(({ responseType }) => responseType === error.type);
  const general = responses.find(({ responseType }) => responseType === (status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'));
  const variables: Readonly<Record<string, string>> = {
    '$context.error.messageString': JSON.stringify(error.message),
    '$context.error.message': error.message,
    '$context.error.responseType': error.type,
    '$context.requestId': error.requestId,
  };
  const body = (own?.template ?? general?.template ?? DEFAULT_TEMPLATE).replaceAll(
    /\$context\.(?:error\.)?\w+/g,
    (name) => variables[name] ?? name,
  );
  return {
    status: own?.status ?? general?.status ?? status,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-amzn-errortype': error.type,
      ...general?.headers,
      ...own?.headers,
    },
    body,
  };
}
