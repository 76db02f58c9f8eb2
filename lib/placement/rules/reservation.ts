import type { Rule } from './rule.ts';

/** An instance with a reservation goes back to the agent that holds it. */
export const reservation: Rule = {
  name: 'reservation',
  reason: 'NoCorrespondingReservationFound',
  refuse({ instance }, { agent }) {
    const reserved = instance.reservation?.agent;
    return reserved === undefined || reserved === agent.facts.id ? undefined : { reserved };
  },
};
