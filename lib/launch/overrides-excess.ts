import type { StartTaskRequest } from '../model/task.ts';
import { MAX_OVERRIDES_CHARACTERS, taskOverrides } from '../model/task-overrides.ts';

export interface OverridesExcess {
  readonly characters: number;
  readonly limit: number;
}

/** Measures the overrides as they are sent; undefined when ECS takes them. */
export function overridesExcess(container: StartTaskRequest['container']): OverridesExcess | undefined {
  const characters = JSON.stringify(taskOverrides(container)).length;
  return characters > MAX_OVERRIDES_CHARACTERS ? { characters, limit: MAX_OVERRIDES_CHARACTERS } : undefined;
}
