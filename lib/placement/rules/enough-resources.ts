import type { RejectionReason } from '../../model/rejection.ts';
import { fromMillionths } from '../../model/resource-amounts.ts';
import type { Resources } from '../../model/resources.ts';
import type { Rule } from './rule.ts';

function enough(resource: keyof Resources, reason: RejectionReason): Rule {
  return {
    name: resource,
    reason,
    refuse({ demand }, candidate) {
      const needed = fromMillionths(demand.taken[resource]);
      const free = candidate.free[resource];
      return needed === 0 || needed <= free ? undefined : { needed, free };
    },
  };
}

/** The agent has enough left; what is not needed is not asked for (scheduling.md §3). */
export const enoughCpus: Rule = enough('cpus', 'InsufficientCpus');
export const enoughMemory: Rule = enough('mem', 'InsufficientMemory');
export const enoughDisk: Rule = enough('disk', 'InsufficientDisk');
export const enoughGpus: Rule = enough('gpus', 'InsufficientGpus');
