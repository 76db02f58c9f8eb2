import type { AppCheck, AppProbe, HealthCheck } from '../model/run-spec.ts';
import { given } from './given.ts';
import type { AppCheckInput, HealthCheckInput } from './wire/checks.ts';

const HTTP_PROTOCOLS: readonly HealthCheck['protocol'][] = ['HTTP', 'HTTPS', 'MESOS_HTTP', 'MESOS_HTTPS'];

/**
 * A check that goes to a port goes to the first one unless it says otherwise. Marathon fills the index in for some
 * ways of declaring ports only, and so turns a later scaling into a restart; here every definition gets it.
 */
export function normalizeHealthCheck(check: HealthCheckInput, portCount: number): HealthCheck {
  const { command, path, port, portIndex, ignoreHttp1xx, ...rest } = check;
  const needsIndex = check.protocol !== 'COMMAND' && port === undefined && portIndex === undefined && portCount > 0;
  return given({
    ...rest,
    command: command?.value,
    path: HTTP_PROTOCOLS.includes(check.protocol) ? path : undefined,
    port,
    portIndex: needsIndex ? 0 : portIndex,
    ignoreHttp1xx: check.protocol === 'HTTP' || check.protocol === 'HTTPS' ? (ignoreHttp1xx ?? false) : undefined,
  });
}

function toProbe({ http, tcp, exec }: AppCheckInput): AppProbe | undefined {
  if (http !== undefined) return { kind: 'http', ...given(http) };
  if (tcp !== undefined) return { kind: 'tcp', ...given(tcp) };
  return exec === undefined ? undefined : { kind: 'exec', command: exec.command };
}

/** Undefined where no kind is given, which the rules refuse. */
export function normalizeCheck(check: AppCheckInput): AppCheck | undefined {
  const probe = toProbe(check);
  const { intervalSeconds, timeoutSeconds, delaySeconds } = check;
  return probe === undefined ? undefined : { probe, intervalSeconds, timeoutSeconds, delaySeconds };
}
