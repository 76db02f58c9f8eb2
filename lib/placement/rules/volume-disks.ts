import type { Rule } from './rule.ts';

/** The agent has the path and mount disks that the persistent volumes want; those of type root are part of `disk`. */
export const volumeDisks: Rule = {
  name: 'volume-disks',
  reason: 'InsufficientDisk',
  refuse({ demand }, candidate) {
    return demand.disks.length === 0 ? undefined : candidate.disks.missing(demand.disks);
  },
};
