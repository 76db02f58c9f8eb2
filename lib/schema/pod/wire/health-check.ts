import * as z from 'zod';
import { defaulted, oneOf, optional, seconds } from '../../wire/fields.ts';
import { command, name, path } from './values.ts';

const endpoint = name.describe('Name of the endpoint to ask.');

/** Exactly one of `http`, `tcp` and `exec`: the rules see to it. */
export const podHealthCheck = z.object({
  http: optional(
    z.object({
      endpoint,
      path: optional(path).describe('Path of the request.'),
      scheme: defaulted(oneOf('HTTP', 'HTTPS'), 'HTTP').describe('Scheme of the request.'),
    }),
  ).describe('Ask over HTTP.'),
  tcp: optional(z.object({ endpoint })).describe('Open a TCP connection.'),
  exec: optional(z.object({ command })).describe('Run a command in the container.'),
  gracePeriodSeconds: defaulted(seconds, 300).describe('Failures are ignored until the first success, this long, s.'),
  intervalSeconds: defaulted(seconds, 60).describe('Between two checks, s.'),
  maxConsecutiveFailures: defaulted(seconds, 3).describe('The instance is killed after so many in a row; 0: never.'),
  timeoutSeconds: defaulted(seconds, 20).describe('A check without an answer fails after this, s.'),
  delaySeconds: defaulted(seconds, 15).describe('Before the first check, s.'),
});
export type PodHealthCheckInput = z.output<typeof podHealthCheck>;
