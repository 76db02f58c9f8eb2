import type { Rule } from './rule.ts';

/** An instance with a reservation goes back to the agent that holds it. */
export const reservation: Rule = {
  name: 'reservation',
  reason: 'NoCorrespondingReservationFound',
  refuse({ reservedOn }, { agent }) {
    return reservedOn === undefined || reservedOn === agent.facts.id ? undefined : { reserved: reservedOn };
  },
};
