import type { ProbeOutcome, ProbeTarget } from '../model/probe.ts';

/** Asks tasks how they are. Whatever happens is an outcome, within the target's time-out: it never rejects. */
export interface Probes {
  ask(target: ProbeTarget): Promise<ProbeOutcome>;
}
