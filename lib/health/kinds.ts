import type { HealthCheck } from '../model/run-spec.ts';

type Protocol = HealthCheck['protocol'];

/** Run on the agent by Marathon's terms; all but COMMAND are asked by the prober here. */
export const isAgentRun = (protocol: Protocol): boolean => protocol === 'COMMAND' || protocol.startsWith('MESOS_');

/** Asked over the network by the prober. */
export const isProbed = ({ protocol }: Pick<HealthCheck, 'protocol'>): boolean => protocol !== 'COMMAND';
