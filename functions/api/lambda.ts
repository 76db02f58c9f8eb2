import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { connectApi } from './connect-api.ts';
import { toApiRequest, toProxyResult } from './proxy-event.ts';

const { api, allowedOrigins } = connectApi(process.env);

export const handler = middy<APIGatewayProxyEvent, APIGatewayProxyResult>({ timeoutEarlyInMillis: 500 }).handler(
  async (event) => {
    const request = toApiRequest(event);
    return toProxyResult(request, await api(request), allowedOrigins);
  },
);
