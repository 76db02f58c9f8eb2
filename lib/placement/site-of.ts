import type { Site } from '../constraints/field-value.ts';
import type { Agent } from '../model/agent.ts';

/** Where an agent is, as constraints see it. */
export function siteOf({ facts, host }: Agent): Site {
  const { region, zone, attributes } = facts;
  return { host: host.host, region, attributes, ...(zone !== undefined && { zone }) };
}
