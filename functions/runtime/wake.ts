import type { BusEntry } from '../../lib/gateways/bus.ts';
import { WAKE_DETAIL_TYPE, type WakeDetail } from '../../lib/model/outbox.ts';

/** The one event on the Stride bus that starts a tick. */
export function wakeEntry(scheduler: string): BusEntry {
  const detail: WakeDetail = { scheduler };
  return { detailType: WAKE_DETAIL_TYPE, detail: { ...detail } };
}
