import * as z from 'zod';
import { notValid, tryAgain } from '../../../lib/errors/catalogue.ts';
import { LOG_LEVELS, LOGGERS, type LoggerName, levelOf, type SetLevels } from '../../../lib/model/log-level.ts';
import { readJson } from '../../../lib/schema/wire/read-json.ts';
import { accepted } from '../accepted.ts';
import { logLevels } from '../answers/system.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { readBody } from '../read-body.ts';
import { defineRoute, type Route } from '../route.ts';

const ATTEMPTS = 8;

/** `{"ROOT": "INFO", "stride.api": "INFO (inherited)"}` */
function present({ clock }: ApiDeps, levels: SetLevels): ApiResponse {
  const shown = LOGGERS.map((logger) => {
    const { level, inherited } = levelOf(levels, logger, clock.now());
    return [logger, `${level.toUpperCase()}${inherited ? ' (inherited)' : ''}`] as const;
  });
  return { status: 200, json: Object.fromEntries(shown) };
}

const change = z.object({
  level: z.enum(LOG_LEVELS),
  logger: z.string(),
  durationSeconds: z.number().int().min(1).optional(),
});

function knownLogger(name: string): LoggerName {
  const found = LOGGERS.find((logger) => logger === name);
  if (found !== undefined) return found;
  const text = name === '' ? 'must not be empty' : `is no logger: there are ${LOGGERS.join(', ')}`;
  throw notValid([{ path: '/logger', errors: [text] }]);
}

/** `POST /logging`: for all processes, within seconds. */
async function setLevel(deps: ApiDeps, request: ApiRequest): Promise<ApiResponse> {
  const { level, logger: name, durationSeconds } = accepted(readJson(change, readBody(request))).value;
  const logger = knownLogger(name);
  const until = durationSeconds === undefined ? {} : { until: deps.clock.now() + durationSeconds * 1000 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { value, rev } = await deps.state.logLevels.read();
    const levels = { ...value, [logger]: { level, ...until } };
    if (await deps.state.logLevels.replace(levels, rev)) return present(deps, levels);
  }
  throw tryAgain('The levels were set too often at the same time.');
}

/** `/logging`. */
export const loggingRoutes: readonly Route[] = [
  defineRoute({
    name: 'getLogLevels',
    method: 'GET',
    path: '/logging',
    summary: 'The levels of the loggers.',
    answers: { 200: { description: 'The levels.', schema: logLevels } },
    handler: async (deps) => present(deps, (await deps.state.logLevels.read()).value),
  }),
  defineRoute({
    name: 'setLogLevel',
    method: 'POST',
    path: '/logging',
    summary: 'Sets the level of a logger, for good or for a while.',
    body: change,
    answers: { 200: { description: 'The levels as they are now.', schema: logLevels } },
    handler: setLevel,
  }),
];
