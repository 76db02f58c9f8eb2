import type { IdSource } from '../../lib/gateways/id-source.ts';

/** Ids by number: nothing in a run depends on chance. */
export function seededIds(): IdSource {
  let count = 0;
  const next = (version: number): string => {
    count += 1;
    return `${count.toString(16).padStart(8, '0')}-0000-${version}000-8000-000000000000`;
  };
  return { uuid: () => next(4), timeUuid: () => next(1), random: () => 0.5 };
}
