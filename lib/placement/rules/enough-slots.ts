import type { RejectionReason, RuleName } from '../../model/rejection.ts';
import type { Slots } from '../../model/slots.ts';
import type { Rule } from './rule.ts';

function enough(slot: keyof Slots, name: RuleName, reason: RejectionReason): Rule {
  return {
    name,
    reason,
    refuse({ demand }, candidate) {
      const needed = demand.slots[slot];
      const free = candidate.freeSlots[slot];
      return needed === 0 || needed <= free ? undefined : { needed, free };
    },
  };
}

/** The agent can attach as many volumes more as the instance has. */
export const enoughAttachments: Rule = enough('attachments', 'volume-attachments', 'InsufficientDisk');
/** The agent can give the task a network interface of its own (awsvpc). */
export const enoughInterfaces: Rule = enough('interfaces', 'network-interface', 'InsufficientPorts');
