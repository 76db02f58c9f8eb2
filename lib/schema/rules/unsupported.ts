import type { AppDefinition } from '../../model/run-spec.ts';
import type { CanonicalFields } from '../migrate.ts';
import type { VolumeInput } from '../wire/container.ts';
import { unless, type Violation } from './violation.ts';

const notYet = (what: string, cure: string): string => `${what} is not supported yet: ${cure}`;

function volumeViolations(volumes: readonly VolumeInput[]): readonly Violation[] {
  return volumes.flatMap((volume, index): readonly Violation[] => {
    const path = `/container/volumes(${index})`;
    if ('persistent' in volume) {
      return [[`${path}/persistent`, notYet('a persistent volume', 'use a host volume, or storage outside the task')]];
    }
    if ('external' in volume) {
      return [[`${path}/external`, notYet('an external volume', 'use a host volume, or storage outside the task')]];
    }
    if ('secret' in volume) {
      return [[`${path}/secret`, notYet('a secret volume', 'mount the file from the agent with a host volume')]];
    }
    return unless(
      volume.hostPath.startsWith('/'),
      `${path}/hostPath`,
      'must be an absolute path on the agent: ECS has no sandbox that a relative one could refer to',
    );
  });
}

function containerViolations({ container }: CanonicalFields): readonly Violation[] {
  if (container === undefined) return [];
  const { type, docker } = container;
  return [
    ...volumeViolations(container.volumes),
    ...unless(
      type === 'DOCKER' || container.linuxInfo === undefined,
      '/container/linuxInfo',
      notYet('linuxInfo', 'leave it out; tasks run with the default seccomp profile and a private IPC namespace'),
    ),
    ...unless(
      (docker?.parameters ?? []).length === 0,
      '/container/docker/parameters',
      notYet('a free-form Docker parameter', 'leave it out, or set the same thing in the image'),
    ),
    ...unless(
      docker?.pullConfig === undefined,
      '/container/docker/pullConfig',
      notYet('pullConfig', "leave it out and give the container instance's ECS agent the registry's credentials"),
    ),
  ];
}

function secretViolations({ secrets = {}, env = {} }: CanonicalFields): readonly Violation[] {
  const cure = 'let the task read it itself, for example from AWS Secrets Manager';
  return [
    ...unless(Object.keys(secrets).length === 0, '/secrets', notYet('a secret', cure)),
    ...Object.entries(env).flatMap(([name, value]) =>
      unless(typeof value === 'string', `/env/${name}`, notYet('a secret reference', cure)),
    ),
  ];
}

function networkViolations({ networks }: AppDefinition): readonly Violation[] {
  return networks.flatMap(({ mode }, index) =>
    unless(
      mode === 'host',
      `/networks(${index})/mode`,
      notYet(`mode ${mode}`, 'use host, and let the task listen on $PORT0, $PORT1, …'),
    ),
  );
}

/**
 * What this version would launch wrongly or not at all: refused at the door, with the field and the cure.
 * Judged last, so that Marathon's own complaints come first.
 */
export function unsupportedViolations(fields: CanonicalFields, app: AppDefinition): readonly Violation[] {
  const { executorResources, resourceLimits } = fields;
  return [
    ...unless(
      app.executor === '' || app.executor === '//cmd',
      '/executor',
      `custom executor ${app.executor} is not supported: tasks run on ECS, which has no Mesos executors; use "" or "//cmd"`,
    ),
    ...unless(
      executorResources === undefined,
      '/executorResources',
      'is not supported: there are no custom executors to give resources to; leave it out',
    ),
    ...unless(
      resourceLimits === undefined,
      '/resourceLimits',
      notYet('a limit above the request', 'leave it out and give cpus and mem what the task may use at most'),
    ),
    ...unless(
      app.fetch.length === 0,
      '/fetch',
      notYet('fetching artifacts (fetch, uris)', 'put them into the image, or download them in cmd'),
    ),
    ...unless(fields.check === undefined, '/check', notYet('check', 'use healthChecks, or leave it out')),
    ...unless(
      fields.residency === undefined,
      '/residency',
      notYet('residency', 'leave it out; it needs persistent volumes'),
    ),
    ...unless(app.tty !== true, '/tty', notYet('a pseudo-TTY', 'leave it out, or run cmd under script(1)')),
    ...networkViolations(app),
    ...secretViolations(fields),
    ...containerViolations(fields),
  ];
}
