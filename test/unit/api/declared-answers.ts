import * as z from 'zod';
import type { createApi } from '../../../functions/api/api.ts';
import type { ApiRequest, ApiResponse } from '../../../functions/api/http.ts';
import { answerOf } from '../../../functions/api/openapi/answers-of.ts';
import { route } from '../../../functions/api/routes.ts';

type Api = ReturnType<typeof createApi>;

/** What an answer has that its route does not declare: the OpenAPI document would not be true. */
function undeclared(request: ApiRequest, { status, json, text, binary }: ApiResponse): string | undefined {
  const found = route(request.method, request.path);
  if (found.kind !== 'found' || request.method === 'OPTIONS') return undefined;
  if (status === found.route.unacceptable?.status) return undefined;
  const declared = answerOf(found.route, status);
  if (declared === undefined) return 'the status';
  const { schema } = declared.answer;
  if (request.method === 'HEAD') return undefined;
  const isEmpty = [json, text, binary].every((body) => body === undefined);
  if ((schema === undefined) !== isEmpty) return isEmpty ? 'the lack of a body' : 'a body';
  if (schema === undefined || json === undefined) return undefined;
  // As it arrives: keys without a value are gone.
  const { error } = schema.safeParse(JSON.parse(JSON.stringify(json)));
  return error === undefined ? undefined : z.prettifyError(error);
}

/** The API, which fails the test when an answer is not as its route declares it. */
export function asDeclared(api: Api): Api {
  return async (request) => {
    const response = await api(request);
    const difference = undeclared(request, response);
    if (difference === undefined) return response;
    const { method, path } = request;
    throw new Error(`${method} ${path} answered ${response.status}; not declared is ${difference}`);
  };
}
