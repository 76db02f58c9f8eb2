import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod';

/** What the floor answers, by method and path as they are asked for. */
export const floorAnswers = z.record(z.string(), z.object({ status: z.number(), json: z.unknown() }));

/** A bare server that reads the body, if there is one, and stringifies the same object each time. */
export function createFloor(answers: z.output<typeof floorAnswers>): Server {
  return createServer((request, response) => {
    const { method = '', url = '' } = request;
    const answer = answers[`${method} ${url}`] ?? answers[method];
    const reply = (): void => {
      const body = JSON.stringify(answer?.json ?? null);
      const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
      response.writeHead(answer?.status ?? 404, headers).end(body);
    };
    if (method === 'GET') reply();
    else void json(request).then(reply);
  });
}
