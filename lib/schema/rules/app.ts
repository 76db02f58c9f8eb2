import type { PathId } from '../../model/path-id.ts';
import type { AppDefinition } from '../../model/run-spec.ts';
import { readConstraints } from '../constraints.ts';
import type { CanonicalFields } from '../migrate.ts';
import {
  agentHealthCheckViolations,
  checkViolations,
  healthCheckViolations,
  readinessCheckViolations,
} from './checks.ts';
import { csiViolations, dvdiAppViolations } from './external-volumes.ts';
import { idViolations } from './ids.ts';
import { resourceLimitViolations } from './limits.ts';
import { linuxInfoViolations } from './linux-info.ts';
import { networkingViolations } from './networking.ts';
import { boundUpgradeViolations, residentViolations } from './resident.ts';
import { roleViolations } from './roles.ts';
import { secretViolations } from './secrets.ts';
import { unreachableViolations } from './unreachable.ts';
import { uriViolations } from './uris.ts';
import { double, unless, type Violation } from './violation.ts';
import { volumeViolations } from './volumes.ts';

/** What the rules look at besides the definition itself. */
export interface RuleContext {
  readonly agentRoles: readonly string[];
  readonly existingRole: string | undefined;
  readonly enforceRole: boolean;
}

function commandViolations({ cmd, args, container }: AppDefinition): readonly Violation[] {
  const hasArgs = args.length > 0;
  const runs = (cmd !== undefined) !== hasArgs || (cmd === undefined && container?.docker !== undefined);
  return [
    ...unless(runs, '/', "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."),
    // Marathon's test is `length > 1`: a command of one character is refused too.
    ...unless(cmd === undefined || cmd.length > 1, '/', 'must not be an empty string'),
  ];
}

function containerViolations({ container }: AppDefinition): readonly Violation[] {
  const path = '/container/docker';
  if (container?.type !== 'DOCKER') return [];
  return [
    ...unless(container.docker !== undefined, path, 'not defined'),
    ...unless(
      container.docker?.pullConfig === undefined,
      `${path}/pullConfig`,
      'pullConfig is not supported with Docker containerizer',
    ),
  ];
}

const isSingleInstance = ({ labels }: AppDefinition): boolean =>
  Object.hasOwn(labels, 'MARATHON_SINGLE_INSTANCE_APP') && labels['MARATHON_SINGLE_INSTANCE_APP'] === 'true';

function upgradeViolations(app: AppDefinition): readonly Violation[] {
  if (!isSingleInstance(app)) return boundUpgradeViolations(app);
  return (['minimumHealthCapacity', 'maximumOverCapacity'] as const).flatMap((key) => {
    const share = app.upgradeStrategy[key];
    return unless(share === 0, `/upgradeStrategy/${key}`, `got ${double(share)}, expected 0.0`);
  });
}

function labelViolations(app: AppDefinition): readonly Violation[] {
  const labels = new Map(Object.entries(app.labels));
  const api = labels.get('DCOS_MIGRATION_API_VERSION') ?? '';
  const complete =
    api === 'v1' &&
    (labels.get('DCOS_PACKAGE_FRAMEWORK_NAME') ?? '') !== '' &&
    (labels.get('DCOS_MIGRATION_API_PATH') ?? '') !== '';
  return [
    ...unless(
      api === '' || complete,
      '/',
      'DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION',
    ),
    ...unless(!isSingleInstance(app) || app.instances <= 1, '/', 'Single instance app may only have one instance'),
  ];
}

/** Rules on the request in canonical form: Marathon's stage 7 (app-model.md §1). `dependencies` as they were given. */
export function requestViolations(
  fields: CanonicalFields,
  app: AppDefinition,
  dependencies: readonly PathId[],
  context: RuleContext,
): readonly Violation[] {
  const isDocker = app.container?.type === 'DOCKER';
  return [
    ...idViolations(app.id, dependencies),
    ...containerViolations(app),
    ...commandViolations(app),
    ...secretViolations(fields),
    ...volumeViolations(fields),
    ...uriViolations(
      (fields.fetch ?? []).map(({ uri }) => uri),
      (index) => `/fetch(${index})/uri`,
    ),
    ...resourceLimitViolations(fields, app.resources),
    ...networkingViolations(app),
    ...healthCheckViolations(fields, app),
    ...checkViolations(fields, app),
    ...readinessCheckViolations(app),
    ...readConstraints(fields.constraints ?? []).errors.map((error): Violation => ['/constraints', error]),
    ...roleViolations(app, fields.acceptedResourceRoles, context.agentRoles, context.existingRole, context.enforceRole),
    ...unless(!isDocker || app.resources.gpus === 0, '/', 'GPU resources only work with the Mesos containerizer'),
    ...labelViolations(app),
    ...residentViolations(app, fields.acceptedResourceRoles),
    ...dvdiAppViolations(app),
    ...(fields.upgradeStrategy === undefined ? [] : upgradeViolations(app)),
  ];
}

/** Rules on the finished definition: Marathon's stage 10, reached only when all of stage 7 holds. */
export function modelViolations(app: AppDefinition): readonly Violation[] {
  const { check, container } = app;
  return [
    ...agentHealthCheckViolations(app),
    ...unless(
      check === undefined || container?.type !== 'DOCKER',
      '/',
      "AppDefinition must not use 'checks' if using docker",
    ),
    ...linuxInfoViolations(container?.linuxInfo, '/container/linuxInfo'),
    ...csiViolations(app),
    ...labelViolations(app),
    ...upgradeViolations(app),
    ...unreachableViolations(app.unreachableStrategy, '/unreachableStrategy'),
  ];
}
