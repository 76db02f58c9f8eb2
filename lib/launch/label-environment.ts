import type { Labels } from '../model/spec-values.ts';

const PREFIX = 'MARATHON_APP_LABEL_';
const MAX_LENGTH = 512;

/**
 * MARATHON_APP_LABELS and one variable per label. Labels whose name or value is too long are left out of both; of two
 * labels whose names escape alike the later one counts (task-environment.md §1).
 */
export function labelEnvironment(labels: Labels): Readonly<Record<string, string>> {
  const valid = Object.entries(labels).filter(
    ([key, value]) => key.length < MAX_LENGTH - PREFIX.length && value.length < MAX_LENGTH,
  );
  const escaped = new Map(valid.map(([key, value]) => [escapeName(key), value]));
  return {
    MARATHON_APP_LABELS: [...escaped.keys()].join(' '),
    ...Object.fromEntries([...escaped].map(([name, value]) => [PREFIX + name, value])),
  };
}

function escapeName(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]+/g, '_').toUpperCase();
}
