import type { AppDefinition, HealthCheck, ReadinessCheck } from '../../model/run-spec.ts';
import type { CanonicalFields } from '../migrate.ts';
import type { HealthCheckInput } from '../wire/checks.ts';
import { unless, type Violation } from './violation.ts';

const MARATHON_PROTOCOLS: readonly HealthCheck['protocol'][] = ['HTTP', 'HTTPS', 'TCP'];
const AGENT_PROTOCOLS: readonly HealthCheck['protocol'][] = ['MESOS_HTTP', 'MESOS_HTTPS', 'MESOS_TCP'];

interface PortReference {
  readonly port?: number | undefined;
  readonly portIndex?: number | undefined;
}

function portCountOf({ container, portDefinitions }: AppDefinition): number {
  const mappings = container?.portMappings ?? [];
  return mappings.length > 0 ? mappings.length : portDefinitions.length;
}

function addressesPort(check: PortReference, portCount: number): boolean {
  if (check.portIndex !== undefined) return check.portIndex < portCount;
  return check.port !== undefined || portCount === 1;
}

function portViolations(app: AppDefinition, protocols: readonly HealthCheck['protocol'][]): readonly Violation[] {
  const portCount = portCountOf(app);
  return app.healthChecks.flatMap((check, index) =>
    unless(
      !protocols.includes(check.protocol) || addressesPort(check, portCount),
      `/healthChecks(${index})`,
      'Health check port indices must address an element of the ports array or container port mappings.',
    ),
  );
}

/** Combinations that Marathon accepts and then fails on with a 500 (app-model.md §16). */
function commandViolations(check: HealthCheckInput, index: number): readonly Violation[] {
  const path = `/healthChecks(${index})`;
  if (check.protocol !== 'COMMAND') {
    return unless(check.command === undefined, `${path}/command`, 'must be empty unless protocol is COMMAND');
  }
  return [
    ...unless(check.command !== undefined, `${path}/command`, 'not defined'),
    ...unless(check.path === undefined, `${path}/path`, 'must be empty when protocol is COMMAND'),
    ...unless(check.port === undefined, `${path}/port`, 'must be empty when protocol is COMMAND'),
    ...unless(check.portIndex === undefined, `${path}/portIndex`, 'must be empty when protocol is COMMAND'),
  ];
}

/** Rules on health checks (app-model.md §8.2). */
export function healthCheckViolations(fields: CanonicalFields, app: AppDefinition): readonly Violation[] {
  const onAgent = app.healthChecks.filter((check) => AGENT_PROTOCOLS.includes(check.protocol));
  return [
    ...portViolations(app, MARATHON_PROTOCOLS),
    ...app.healthChecks.flatMap((check, index) =>
      unless(
        check.ipProtocol === 'IPv4' || (app.container?.type === 'DOCKER' && AGENT_PROTOCOLS.includes(check.protocol)),
        `/healthChecks(${index})`,
        'IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks',
      ),
    ),
    ...unless(onAgent.length <= 1, '/', 'AppDefinition can contain at most one Mesos health check'),
    ...(fields.healthChecks ?? []).flatMap(commandViolations),
  ];
}

/** Of the checks that run on the agent, Marathon looks at the port only later. */
export function agentHealthCheckViolations(app: AppDefinition): readonly Violation[] {
  return portViolations(app, AGENT_PROTOCOLS);
}

const KINDS = ['http', 'tcp', 'exec'] as const;

/** Rules on `check` (app-model.md §8.3). Marathon fails with a 500 when it is of no kind or of several. */
export function checkViolations({ check }: CanonicalFields, app: AppDefinition): readonly Violation[] {
  if (check === undefined) return [];
  const asked = check.http ?? check.tcp;
  const kinds = KINDS.filter((kind) => check[kind] !== undefined);
  return [
    ...unless(kinds.length === 1, '/check', 'must have exactly one of http, tcp, exec'),
    ...unless(
      asked === undefined || addressesPort(asked, portCountOf(app)),
      '/check',
      'check port index must address an element of the ports array or container port mappings.',
    ),
  ];
}

function readinessViolations(check: ReadinessCheck, index: number, names: ReadonlySet<string>): readonly Violation[] {
  const path = `/readinessChecks(${index})`;
  return [
    ...unless(
      names.has(check.portName),
      `${path}/portName`,
      `No port definition reference for portName ${check.portName}`,
    ),
    ...unless(
      check.timeoutSeconds < check.intervalSeconds,
      `${path}/timeoutSeconds`,
      `got ${check.timeoutSeconds}, expected less than ${check.intervalSeconds}`,
    ),
  ];
}

/** Rules on readiness checks (app-model.md §8.4). */
export function readinessCheckViolations(app: AppDefinition): readonly Violation[] {
  const ports: readonly { readonly name?: string }[] = app.container?.portMappings ?? app.portDefinitions;
  const names = new Set(ports.flatMap(({ name }) => (name === undefined ? [] : [name])));
  const { length } = app.readinessChecks;
  return [
    ...unless(length <= 1, '/readinessChecks/size', `got ${length}, expected 1 or less`),
    ...app.readinessChecks.flatMap((check, index) => readinessViolations(check, index, names)),
  ];
}
