import { chooseHostPorts } from '../host-ports.ts';
import type { Rule } from './rule.ts';

/** The agent has the host ports that the spec wants. */
export const hostPorts: Rule = {
  name: 'ports',
  reason: 'InsufficientPorts',
  refuse({ ports, instance }, candidate) {
    const choice = chooseHostPorts(ports, candidate, instance);
    return choice.kind === 'chosen' ? undefined : choice.detail;
  },
};
