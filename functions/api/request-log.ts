import { StoreUnavailable } from '../../lib/gateways/store.ts';
import { isLogged, levelOf, type SetLevels } from '../../lib/model/log-level.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { ApiGateways } from './deps.ts';
import type { ApiRequest, ApiResponse } from './http.ts';

/** How long a process goes by the levels that it read. Milliseconds. */
const REREAD_AFTER = 10_000;

/** Logs requests while the level of `stride.api` is `debug` or below; `POST /logging` sets it for all processes. */
export function createRequestLog({ state, clock, log }: ApiGateways) {
  let levels: SetLevels = {};
  let readAt: Instant | undefined;

  async function refresh(): Promise<void> {
    if (readAt !== undefined && clock.now() - readAt < REREAD_AFTER) return;
    readAt = clock.now();
    try {
      levels = (await state.logLevels.read()).value;
    } catch (error) {
      // An answer is worth more than a line in the log: the levels read before go on. Outages show in the answers.
      if (!(error instanceof StoreUnavailable)) log.error('log levels cannot be read', error);
    }
  }

  /** To be called when a request comes in: the levels are read while it is answered. What it gives logs the answer. */
  return function begin(request: ApiRequest) {
    const began = clock.now();
    const refreshed = refresh();
    return async (response: ApiResponse): Promise<void> => {
      await refreshed;
      if (!isLogged('debug', levelOf(levels, 'stride.api', clock.now()).level)) return;
      const { requestId, method, path, clientIp } = request;
      log.info('request', { requestId, method, path, clientIp, status: response.status, ms: clock.now() - began });
    };
  };
}
