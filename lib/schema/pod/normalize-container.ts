import type { PodContainer, PodHealthCheck, PodProbe } from '../../model/pod.ts';
import { given } from '../given.ts';
import { normalizeLimits, normalizeLinuxInfo } from '../normalize-values.ts';
import type { PodContainerInput } from './wire/container.ts';
import type { PodHealthCheckInput } from './wire/health-check.ts';

/** Undefined where none or several are given: the rules refuse it. */
function toProbe({ http, tcp, exec }: PodHealthCheckInput): PodProbe | undefined {
  if (http !== undefined) return { kind: 'http', ...given(http) };
  if (tcp !== undefined) return { kind: 'tcp', ...tcp };
  return exec === undefined ? undefined : { kind: 'exec', ...exec };
}

function toHealthCheck({ http, tcp, exec, ...times }: PodHealthCheckInput): PodHealthCheck | undefined {
  const probe = toProbe({ http, tcp, exec, ...times });
  return probe === undefined ? undefined : { probe, ...times };
}

/** Fills the defaults of one container in. @param hasOwnNetwork of a container network, where a host port is a choice */
export function normalizeContainer(container: PodContainerInput, hasOwnNetwork: boolean): PodContainer {
  const { exec, endpoints, image, healthCheck, artifacts, lifecycle, linuxInfo, resourceLimits, ...rest } = container;
  return given({
    ...rest,
    exec: exec === undefined ? undefined : given(exec),
    resourceLimits: resourceLimits === undefined ? undefined : normalizeLimits(resourceLimits),
    endpoints: endpoints.map(({ hostPort, protocol, ...endpoint }) =>
      given({ ...endpoint, hostPort: hasOwnNetwork ? hostPort : (hostPort ?? 0), protocol: protocol ?? [] }),
    ),
    linuxInfo: linuxInfo === undefined ? undefined : normalizeLinuxInfo(linuxInfo),
    image: image === undefined ? undefined : given(image),
    healthCheck: healthCheck === undefined ? undefined : toHealthCheck(healthCheck),
    artifacts: artifacts.map((artifact) => given(artifact)),
    lifecycle: lifecycle === undefined ? undefined : given(lifecycle),
  });
}
