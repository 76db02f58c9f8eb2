import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { v1 } from 'uuid';
import type { Clock } from '../../lib/gateways/clock.ts';
import type { IdSource } from '../../lib/gateways/id-source.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};

/** The machine's own randomness. */
export const systemIds: IdSource = {
  uuid: () => randomUUID(),
  timeUuid: () => v1(),
  random: () => Math.random(),
};
