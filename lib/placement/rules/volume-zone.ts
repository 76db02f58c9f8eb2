import type { LastingRule } from './refusing-rule.ts';

/** A volume that exists can be attached in its own zone only (EC2, AttachVolume). */
export const volumeZone: LastingRule = {
  name: 'volume-zone',
  reason: 'UnfulfilledConstraint',
  refuse({ volumeZones }, { agent }) {
    const { zone } = agent.facts;
    const other = volumeZones.find((each) => each !== zone);
    return other === undefined ? undefined : { needed: other, ...(zone !== undefined && { zone }) };
  },
};
