import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { connectApi } from '../connect-api.ts';
import { toApiRequest, toStreamedResult } from '../proxy-event.ts';

const { api, allowedOrigins } = connectApi(process.env);

/** The same API for lists, whose answers may be larger than a function's result: up to 200 MB. */
export const handler = middy<APIGatewayProxyEvent>({ executionMode: executionModeStreamifyResponse }).handler(
  async (event) => {
    const request = toApiRequest(event);
    return toStreamedResult(request, await api(request), allowedOrigins);
  },
);
