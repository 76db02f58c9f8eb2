import { DOCKER_OPTIONS } from './docker-options.ts';
import { mergeSettings, type TaskSettings } from './task-settings.ts';

interface DockerParameter {
  readonly key: string;
  readonly value: string;
}

const ALIASES: Readonly<Record<string, string>> = {
  e: 'env',
  h: 'hostname',
  i: 'interactive',
  l: 'label',
  t: 'tty',
  u: 'user',
  v: 'volume',
  w: 'workdir',
};

const nameOf = (key: string): string => (Object.hasOwn(ALIASES, key) ? (ALIASES[key] ?? key) : key);

function read({ key, value }: DockerParameter): TaskSettings | string {
  const option = DOCKER_OPTIONS.get(nameOf(key));
  return option === undefined
    ? `${key} is no field of an ECS task definition: leave it out, or set the same thing in the image`
    : option(value);
}

/** Options of `docker run` that a task definition cannot carry, by their place in the list, each with the reason. */
export function dockerParameterErrors(
  parameters: readonly DockerParameter[],
): readonly { readonly index: number; readonly error: string }[] {
  const hasDriver = parameters.some(({ key }) => key === 'log-driver');
  return parameters.flatMap((parameter, index) => {
    const result = read(parameter);
    if (typeof result === 'string') return [{ index, error: result }];
    const error = 'needs log-driver beside it: ECS knows no options of the default driver';
    return parameter.key === 'log-opt' && !hasDriver ? [{ index, error }] : [];
  });
}

/** The fields of the task definition that options of `docker run` stand for. Throws for those that have none. */
export function dockerSettings(parameters: readonly DockerParameter[]): TaskSettings {
  return parameters.map(read).reduce<TaskSettings>((settings, result) => {
    if (typeof result === 'string') throw new Error(result);
    return mergeSettings(settings, result);
  }, {});
}
