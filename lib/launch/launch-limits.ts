import type { FieldErrors } from '../errors/app-error.ts';
import type { SchedulerConfig } from '../model/config.ts';
import { toInstanceId } from '../model/ids.ts';
import type { AppDefinition } from '../model/run-spec.ts';
import { hostPortWishesOf } from '../model/spec-ports.ts';
import { toTimestamp } from '../model/timestamp.ts';
import { overridesExcess } from './overrides-excess.ts';
import { renderContainer } from './start-task.ts';

const UUID_LENGTH = 36;
/** Longest host name that DNS allows. */
const HOST_LENGTH = 253;
const HIGHEST_PORT = 65_535;
/** More relaunches of one instance than anybody will see. */
const HIGHEST_INCARNATION = 2 ** 31 - 1;

/**
 * What keeps a definition from ever being launched, for the door (422): more characters than ECS takes, however long
 * the names of agent, instance and ports turn out.
 */
export function launchLimits(
  definition: AppDefinition,
  config: Pick<SchedulerConfig, 'envVarsPrefix'>,
): readonly FieldErrors[] {
  const error = sizeLimit(definition, config);
  return error === undefined ? [] : [{ path: '/', errors: [error] }];
}

function sizeLimit(definition: AppDefinition, config: Pick<SchedulerConfig, 'envVarsPrefix'>): string | undefined {
  const excess = overridesExcess(longestLaunch(definition, config));
  if (excess === undefined) return undefined;
  return (
    `cmd, args, env, labels and ports need up to ${excess.characters} characters at a launch, of which ECS takes ` +
    `${excess.limit}: shorten them by ${excess.characters - excess.limit}, or put them into the image`
  );
}

/** The launch with the longest agent, instance and port names there can be. */
function longestLaunch(definition: AppDefinition, config: Pick<SchedulerConfig, 'envVarsPrefix'>) {
  const version = toTimestamp(0);
  const spec = { ...definition, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } };
  return renderContainer({
    spec,
    instance: { id: toInstanceId(definition.id, 'f'.repeat(UUID_LENGTH)), incarnation: HIGHEST_INCARNATION },
    host: 'h'.repeat(HOST_LENGTH),
    hostPorts: hostPortWishesOf(spec).map((wish, index) => (wish.kind === 'fixed' ? wish.port : HIGHEST_PORT - index)),
    enforceGroupRole: false,
    config,
  });
}
