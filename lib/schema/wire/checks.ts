import * as z from 'zod';
import { defaulted, int32, nonEmptyText, oneOf, optional, port, portName, seconds } from './fields.ts';

export const healthCheck = z.object({
  protocol: defaulted(oneOf('HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_TCP', 'MESOS_HTTP', 'MESOS_HTTPS'), 'HTTP'),
  command: optional(z.object({ value: z.string() })),
  path: optional(z.string()),
  port: optional(port),
  portIndex: optional(port),
  gracePeriodSeconds: defaulted(seconds, 300),
  intervalSeconds: defaulted(seconds, 60),
  timeoutSeconds: defaulted(int32, 20),
  maxConsecutiveFailures: defaulted(seconds, 3),
  delaySeconds: defaulted(seconds, 15),
  ignoreHttp1xx: optional(z.boolean()),
  ipProtocol: defaulted(oneOf('IPv4', 'IPv6'), 'IPv4'),
});
export type HealthCheckInput = z.output<typeof healthCheck>;

export const readinessCheck = z.object({
  name: defaulted(nonEmptyText, 'readinessCheck'),
  protocol: defaulted(oneOf('HTTP', 'HTTPS'), 'HTTP'),
  path: defaulted(nonEmptyText.max(1024), '/'),
  portName: defaulted(portName, 'http-api'),
  intervalSeconds: defaulted(seconds, 30),
  timeoutSeconds: defaulted(int32.min(1), 10),
  httpStatusCodesForReady: defaulted(z.array(int32).min(1), [200]),
  preserveLastResponse: defaulted(z.boolean(), false),
});
