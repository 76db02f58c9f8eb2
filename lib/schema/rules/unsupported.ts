import { dockerParameterErrors } from '../../launch/docker-parameters.ts';
import type { AppDefinition, Container } from '../../model/run-spec.ts';
import { unless, type Violation } from './violation.ts';

/** What Mesos's fetcher would hand to a Hadoop client. */
const HADOOP = /^(hdfs|hftp|webhdfs):/i;

function volumeViolations({ volumes }: Container): readonly Violation[] {
  return volumes.flatMap((volume, index): readonly Violation[] => {
    const path = `/container/volumes(${index})`;
    if (volume.kind === 'host') {
      return unless(
        volume.hostPath.startsWith('/'),
        `${path}/hostPath`,
        'must be an absolute path on the agent: ECS has no sandbox that a relative one could refer to',
      );
    }
    const isBlock =
      volume.kind === 'external' &&
      volume.external.provider === 'csi' &&
      volume.external.options.capability.accessType === 'block';
    return unless(
      !isBlock,
      `${path}/external/options/capability/accessType`,
      'block is not supported: ECS gives tasks file systems, no devices of their own; use mount with an fsType',
    );
  });
}

/** ECS maps a container port for one protocol only. */
function bridgeViolations({ networks, container }: AppDefinition): readonly Violation[] {
  const mappings = container?.portMappings ?? [];
  if (networks.every(({ mode }) => mode !== 'container/bridge')) return [];
  return mappings.flatMap(({ containerPort, protocol }, index) => {
    const path = `/container/portMappings(${index})`;
    const isSecond = mappings.findIndex((mapping) => mapping.containerPort === containerPort) < index;
    return [
      ...unless(
        protocol !== 'udp,tcp',
        `${path}/protocol`,
        'udp,tcp is not supported in bridge mode: ECS maps a container port for one protocol; use two ports',
      ),
      ...unless(
        containerPort === 0 || !isSecond,
        `${path}/containerPort`,
        `${containerPort} is mapped already: ECS maps a container port once; use another one`,
      ),
    ];
  });
}

function containerViolations(container: Container): readonly Violation[] {
  return [
    ...volumeViolations(container),
    ...unless(
      container.linuxInfo?.seccomp === undefined,
      '/container/linuxInfo/seccomp',
      "is not supported: ECS runs containers under Docker's default seccomp profile; leave it out",
    ),
    ...dockerParameterErrors(container.docker?.parameters ?? []).map(
      ({ index, error }): Violation => [`/container/docker/parameters(${index})`, error],
    ),
  ];
}

/**
 * What ECS can never do: refused at the door, with the field and the cure. Judged last, so that Marathon's own
 * complaints come first. What only this version cannot do is accepted and waits (lib/launch/launch-obstacles.ts).
 */
export function unsupportedViolations(app: AppDefinition): readonly Violation[] {
  const { executor, fetch, container } = app;
  return [
    ...unless(
      executor === '' || executor === '//cmd',
      '/executor',
      `custom executor ${executor} is not supported: tasks run on ECS, which has no Mesos executors; use "" or "//cmd"`,
    ),
    ...fetch.flatMap(({ uri }, index) =>
      unless(
        !HADOOP.test(uri),
        `/fetch(${index})/uri`,
        'is not supported: agents have no Hadoop client; use http, https or s3',
      ),
    ),
    ...(container === undefined ? [] : containerViolations(container)),
    ...bridgeViolations(app),
  ];
}
