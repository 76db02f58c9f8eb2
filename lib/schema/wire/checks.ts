import * as z from 'zod';
import { defaulted, int32, nonEmptyText, oneOf, optional, port, portName, seconds } from './fields.ts';

const portField = optional(port).describe("Port to ask, if not one of the app's own.");
const portIndex = optional(port).describe("Index of the app's port to ask, from 0.");

export const healthCheck = z.object({
  protocol: defaulted(
    oneOf('HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_TCP', 'MESOS_HTTP', 'MESOS_HTTPS'),
    'HTTP',
  ).describe('How health is asked for; COMMAND and MESOS_* run on the agent.'),
  command: optional(z.object({ value: z.string().describe('Shell command; exit code 0 means healthy.') })).describe(
    'For COMMAND only.',
  ),
  path: optional(z.string()).describe('Path of the HTTP request.'),
  port: portField,
  portIndex,
  gracePeriodSeconds: defaulted(seconds, 300).describe('Failures are ignored until the first success, this long, s.'),
  intervalSeconds: defaulted(seconds, 60).describe('Between two checks, s.'),
  timeoutSeconds: defaulted(int32, 20).describe('A check without an answer fails after this, s.'),
  maxConsecutiveFailures: defaulted(seconds, 3).describe('The task is killed after so many in a row; 0: never.'),
  delaySeconds: defaulted(seconds, 15).describe('Before the first check; agent-run kinds only, s.'),
  ignoreHttp1xx: optional(z.boolean()).describe('Status 1xx neither succeeds nor fails; HTTP and HTTPS only.'),
  ipProtocol: defaulted(oneOf('IPv4', 'IPv6'), 'IPv4').describe('IP version of the task to ask.'),
});
export type HealthCheckInput = z.output<typeof healthCheck>;

const command = z.union([
  z.object({ argv: z.array(z.string()).describe('Command and its arguments.') }),
  z.object({ shell: z.string().describe('Shell command.') }),
]);

/** Exactly one of `http`, `tcp`, `exec`: the rules see to it. */
export const appCheck = z.object({
  http: optional(
    z.object({
      port: portField,
      portIndex,
      path: optional(z.string()).describe('Path of the request.'),
      scheme: defaulted(oneOf('HTTP', 'HTTPS'), 'HTTP').describe('Scheme of the request.'),
    }),
  ).describe('Ask over HTTP.'),
  tcp: optional(z.object({ port: portField, portIndex })).describe('Open a TCP connection.'),
  exec: optional(z.object({ command: command.describe('What to run; exit code 0 means success.') })).describe(
    'Run a command in the container.',
  ),
  intervalSeconds: defaulted(seconds, 60).describe('Between two checks, s.'),
  timeoutSeconds: defaulted(seconds, 20).describe('A check without an answer fails after this, s.'),
  delaySeconds: defaulted(seconds, 15).describe('Before the first check, s.'),
});
export type AppCheckInput = z.output<typeof appCheck>;

export const readinessCheck = z.object({
  name: defaulted(nonEmptyText, 'readinessCheck').describe('Shown with the results.'),
  protocol: defaulted(oneOf('HTTP', 'HTTPS'), 'HTTP').describe('Scheme of the request.'),
  path: defaulted(nonEmptyText.max(1024), '/').describe('Path of the request.'),
  portName: defaulted(portName, 'http-api').describe("Name of the app's port to ask."),
  intervalSeconds: defaulted(seconds, 30).describe('Between two checks, s.'),
  timeoutSeconds: defaulted(int32.min(1), 10).describe('Less than the interval, s.'),
  httpStatusCodesForReady: defaulted(z.array(int32).min(1), [200]).describe('Statuses that mean ready.'),
  preserveLastResponse: defaulted(z.boolean(), false).describe('Show the last answer with the result.'),
});
