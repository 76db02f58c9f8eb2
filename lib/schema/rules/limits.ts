import type { CanonicalFields } from '../migrate.ts';
import { double, unless, type Violation } from './violation.ts';

function limitViolations(name: 'cpus' | 'mem', limit: number | string | undefined, requested: number) {
  const path = `/resourceLimits/${name}`;
  return [
    ...unless(
      typeof limit !== 'string' || limit === 'unlimited',
      path,
      `'${limit}' is an invalid resource limit. It must be 'unlimited' or a number`,
    ),
    ...unless(
      typeof limit !== 'number' || limit >= requested,
      path,
      `resource limit must be greater than or equal to requested resource (${double(requested)})`,
    ),
  ];
}

/** Rules on `resourceLimits` (app-model.md §13). */
export function resourceLimitViolations(
  { resourceLimits }: Pick<CanonicalFields, 'resourceLimits'>,
  requested: { readonly cpus: number; readonly mem: number },
): readonly Violation[] {
  return (['cpus', 'mem'] as const).flatMap((name) => limitViolations(name, resourceLimits?.[name], requested[name]));
}
