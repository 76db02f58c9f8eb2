import type { ContainerFields, MountPoint, TaskDefinition } from '../model/task.ts';

/** What options of `docker run` and fields of an app contribute to a task definition. */
export interface TaskSettings {
  readonly pidMode?: NonNullable<TaskDefinition['pidMode']>;
  readonly ipcMode?: NonNullable<TaskDefinition['ipcMode']>;
  readonly user?: string;
  readonly privileged?: true;
  readonly mountPoints?: readonly MountPoint[];
  readonly dockerLabels?: Readonly<Record<string, string>>;
  readonly container?: ContainerFields;
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mergeValue(first: unknown, second: unknown): unknown {
  if (Array.isArray(first) && Array.isArray(second)) return [...first, ...second];
  return isPlain(first) && isPlain(second) ? mergeSettings(first, second) : second;
}

/** Both together: lists one after the other, objects field by field, of single values the second. */
export function mergeSettings<T extends object>(first: T, second: T): T {
  const known = new Map<string, unknown>(Object.entries(first));
  const merged = Object.entries(second).map(([key, value]) => [
    key,
    known.has(key) ? mergeValue(known.get(key), value) : value,
  ]);
  return { ...first, ...Object.fromEntries(merged) };
}
