import type { Rule } from './rule.ts';

/** The agent has the host ports that the spec wants. */
export const hostPorts: Rule = {
  name: 'ports',
  reason: 'InsufficientPorts',
  refuse({ demand }, candidate) {
    return candidate.ports.missing(demand.ports);
  },
};
