import type { ContainerDefinition, ContainerInstance, TaskDefinition } from './entities.ts';

const OLD = 'com.amazonaws.ecs.capability.';
const NEW = 'ecs.capability.';

/**
 * What the agents of the local cloud can do, in ECS's attribute names. Not among them, so that StartTask answers
 * ATTRIBUTE: secrets, private registries, volume plugins, further log drivers.
 */
export const LOCAL_CAPABILITIES: readonly string[] = [
  `${OLD}docker-remote-api.1.21`,
  `${OLD}logging-driver.awslogs`,
  `${OLD}logging-driver.json-file`,
  `${OLD}privileged-container`,
  `${OLD}task-iam-role`,
  `${OLD}task-iam-role-network-host`,
  `${NEW}container-health-check`,
  `${NEW}docker-plugin.local`,
  `${NEW}execution-role-awslogs`,
  `${NEW}pid-ipc-namespace-sharing`,
  `${NEW}task-eni`,
];

/** The attributes that a container instance needs for a definition: ECS's `requiresAttributes` (aws.md §1.3). */
export function requiredAttributes(
  definition: Pick<TaskDefinition, 'containerDefinitions' | 'networkMode' | 'others' | 'volumes'>,
): readonly string[] {
  const { containerDefinitions: containers, networkMode, others, volumes } = definition;
  const logDrivers = containers.flatMap((each) => textAt(each['logConfiguration'], 'logDriver'));
  const when = (needed: boolean, name: string) => (needed ? [name] : []);
  const secrets = containers.flatMap(secretSources);
  const names = [
    `${OLD}docker-remote-api.1.21`,
    ...logDrivers.map((driver) => `${OLD}logging-driver.${driver}`),
    ...when(isText(others['executionRoleArn']) && logDrivers.includes('awslogs'), `${NEW}execution-role-awslogs`),
    ...when(isText(others['taskRoleArn']), `${OLD}task-iam-role${networkMode === 'host' ? '-network-host' : ''}`),
    ...when(
      containers.some((each) => each['privileged'] === true),
      `${OLD}privileged-container`,
    ),
    ...when(
      containers.some((each) => each.healthCheck !== undefined),
      `${NEW}container-health-check`,
    ),
    ...when(
      containers.some((each) => each['repositoryCredentials'] !== undefined),
      `${NEW}private-registry-authentication.secretsmanager`,
    ),
    ...when(isText(others['pidMode']) || isText(others['ipcMode']), `${NEW}pid-ipc-namespace-sharing`),
    ...when(networkMode === 'awsvpc', `${NEW}task-eni`),
    ...secrets.map((source) => `${NEW}secrets.${source}.environment-variables`),
    ...volumes
      .flatMap((volume) => textAt(volume['dockerVolumeConfiguration'], 'driver'))
      .map((driver) => `${NEW}docker-plugin.${driver}`),
  ];
  return [...new Set(names)];
}

/** Of what the definition needs, the first that the instance lacks. */
export function missingAttribute(definition: TaskDefinition, { attributes }: ContainerInstance): string | undefined {
  return requiredAttributes(definition).find((name) => !Object.hasOwn(attributes, name));
}

function secretSources(container: ContainerDefinition): string[] {
  const secrets = container['secrets'];
  if (!Array.isArray(secrets)) return [];
  const from = secrets.flatMap((secret: unknown) => textAt(secret, 'valueFrom'));
  return from.map((arn) => (arn.includes(':secretsmanager:') ? 'asm' : 'ssm'));
}

function textAt(value: unknown, member: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const found = new Map<string, unknown>(Object.entries(value)).get(member);
  return typeof found === 'string' ? [found] : [];
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
