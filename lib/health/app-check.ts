import type { CheckResult, CheckState } from '../model/instance.ts';
import type { ProbeOutcome } from '../model/probe.ts';
import type { AppCheck, HealthCheck } from '../model/run-spec.ts';

/** An app's `check` that begins with a launch: without a result. */
export const checkAtLaunch = ({ probe }: AppCheck): CheckState => (probe.kind === 'exec' ? { container: true } : {});

/**
 * An app's `check` over the network as the health check that asks the same: Mesos ran both on the agent, so a port
 * means the same. Undefined for a command, which the container runs.
 */
export function asHealthCheck({ probe, ...times }: AppCheck): HealthCheck | undefined {
  if (probe.kind === 'exec') return undefined;
  const rest = { ...times, gracePeriodSeconds: 0, maxConsecutiveFailures: 0, ipProtocol: 'IPv4' as const };
  if (probe.kind === 'tcp') {
    const { kind: _kind, ...address } = probe;
    return { ...rest, ...address, protocol: 'MESOS_TCP' };
  }
  const { kind: _kind, scheme, ...address } = probe;
  return { ...rest, ...address, protocol: `MESOS_${scheme}` };
}

/** What an outcome says, whatever it is: nothing is judged. An HTTP check without an answer has no result. */
export function resultOf(outcome: ProbeOutcome, kind: 'http' | 'tcp'): CheckResult | undefined {
  if (kind === 'tcp') return { kind, succeeded: outcome.kind === 'connected' };
  return outcome.kind === 'answered' ? { kind, statusCode: outcome.status } : undefined;
}

/** What ECS says of a container whose own check is the app's: whether its command failed, not with which exit code. */
export function recordContainerCheck(check: CheckState, status: 'HEALTHY' | 'UNHEALTHY'): CheckState {
  if (check.container === undefined) return check;
  return { ...check, result: { kind: 'command', exitCode: status === 'HEALTHY' ? 0 : 1 } };
}
