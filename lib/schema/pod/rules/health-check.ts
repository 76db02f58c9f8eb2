import { unless, type Violation } from '../../rules/violation.ts';
import type { PodHealthCheckInput } from '../wire/health-check.ts';

/** Rules on the health check of a container with these endpoints (pod-and-group-model.md A3). */
export function podHealthCheckViolations(
  { http, tcp, exec, timeoutSeconds, intervalSeconds }: PodHealthCheckInput,
  endpoints: readonly { readonly name: string }[],
  path: string,
): readonly Violation[] {
  const isKnown = (name: string | undefined): boolean =>
    name === undefined || endpoints.some((endpoint) => endpoint.name === name);
  return [
    ...unless(
      timeoutSeconds < intervalSeconds,
      `${path}/timeoutSeconds`,
      `got ${timeoutSeconds}, expected less than ${intervalSeconds}`,
    ),
    ...unless(isKnown(http?.endpoint), `${path}/http/endpoint`, 'contained in the container endpoints'),
    ...unless(isKnown(tcp?.endpoint), `${path}/tcp/endpoint`, 'contained in the container endpoints'),
    ...unless(
      [http, tcp, exec].filter((probe) => probe !== undefined).length === 1,
      path,
      'Only one of http, tcp, or command may be specified',
    ),
  ];
}
