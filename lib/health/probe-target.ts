import type { Instance } from '../model/instance.ts';
import type { ProbeTarget } from '../model/probe.ts';
import type { AppSpec, HealthCheck, ReadinessCheck } from '../model/run-spec.ts';
import { isBridged, portsOf } from '../model/spec-ports.ts';
import { isAgentRun } from './kinds.ts';

/** Where to ask, or why nobody can be asked: that counts as a failure. */
export type Aim = ProbeTarget | { readonly kind: 'none'; readonly cause: string };

/** Body of a readiness answer that `preserveLastResponse` keeps; an instance's item holds it. Characters. */
const KEPT_BODY = 16_384;

const nowhere = (cause: string): Aim => ({ kind: 'none', cause });

/** The host port of the port at an index of the spec's ports. */
function hostPortAt(spec: AppSpec, { hostPorts }: Instance, index: number): number | undefined {
  const ports = portsOf(spec);
  if (ports[index]?.host.kind === 'none') return undefined;
  return hostPorts[ports.slice(0, index).filter(({ host }) => host.kind !== 'none').length];
}

/** `port` of an agent-run check in bridge mode is a port inside the container: the mapping tells its host port. */
function hostPortOfContainer(spec: AppSpec, instance: Instance, port: number): number | undefined {
  const index = (spec.container?.portMappings ?? []).findIndex(({ containerPort }) => containerPort === port);
  return index < 0 ? undefined : hostPortAt(spec, instance, index);
}

function portOf(spec: AppSpec, instance: Instance, check: HealthCheck): number | undefined {
  if (check.port === undefined) return hostPortAt(spec, instance, check.portIndex ?? 0);
  return isBridged(spec) && isAgentRun(check.protocol) ? hostPortOfContainer(spec, instance, check.port) : check.port;
}

/** The agent's address in the family asked for; its name where it told no IPv4 address. */
function hostOf({ agent }: Instance, ipProtocol: HealthCheck['ipProtocol']): string | undefined {
  const wanted = agent?.ipAddresses.find((address) => address.includes(':') === (ipProtocol === 'IPv6'));
  return wanted ?? (ipProtocol === 'IPv6' ? undefined : agent?.host);
}

/** As it goes into a request's line: from the root, and what may not stand there encoded, line ends above all. */
const requestPath = (path: string): string =>
  (path.startsWith('/') ? path : `/${path}`).toWellFormed().replaceAll(/[^!-~]+/g, encodeURIComponent);

/** Whom a health check of an instance asks (app-model.md §8.1): its agent, at the host port that the check means. */
export function healthTarget(spec: AppSpec, instance: Instance, check: HealthCheck): Aim {
  const host = hostOf(instance, check.ipProtocol);
  if (host === undefined) return nowhere(`the agent told no ${check.ipProtocol} address`);
  const port = portOf(spec, instance, check);
  if (port === undefined) return nowhere('the task has no host port for this check');
  const address = { host, port, timeoutMs: Math.max(1, check.timeoutSeconds) * 1000 };
  if (check.protocol.endsWith('TCP')) return { kind: 'tcp', ...address };
  const { path = '/' } = check;
  return {
    kind: 'http',
    ...address,
    secure: check.protocol.endsWith('HTTPS'),
    path: requestPath(path),
    bodyLimit: 0,
  };
}

/** Whom a readiness check asks: the port that it names. */
export function readinessTarget(spec: AppSpec, instance: Instance, check: ReadinessCheck): Aim {
  const host = hostOf(instance, 'IPv4');
  const index = portsOf(spec).findIndex(({ name }) => name === check.portName);
  const port = index < 0 ? undefined : hostPortAt(spec, instance, index);
  if (host === undefined || port === undefined) return nowhere(`the task has no host port named ${check.portName}`);
  return {
    kind: 'http',
    host,
    port,
    secure: check.protocol === 'HTTPS',
    path: requestPath(check.path),
    timeoutMs: check.timeoutSeconds * 1000,
    bodyLimit: check.preserveLastResponse ? KEPT_BODY : 0,
  };
}
