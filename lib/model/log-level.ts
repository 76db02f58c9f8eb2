import type { Instant } from './timestamp.ts';

/** The least first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Logger above all others. */
const ROOT_LOGGER = 'ROOT';
/** Loggers that can be set: what the functions log under. */
export const LOGGERS = [ROOT_LOGGER, 'stride.api'] as const;
export type LoggerName = (typeof LOGGERS)[number];

/** A level that was set, for good or until a moment. */
export interface SetLevel {
  readonly level: LogLevel;
  readonly until?: Instant;
}
export type SetLevels = Readonly<Partial<Record<LoggerName, SetLevel>>>;

const DEFAULT_LEVEL: LogLevel = 'info';

const ownLevel = (levels: SetLevels, logger: LoggerName, now: Instant): LogLevel | undefined => {
  const set = levels[logger];
  return set === undefined || (set.until !== undefined && set.until <= now) ? undefined : set.level;
};

/** The level that holds for a logger now, and whether it is its own. */
export function levelOf(levels: SetLevels, logger: LoggerName, now: Instant) {
  const own = ownLevel(levels, logger, now);
  const root = ownLevel(levels, ROOT_LOGGER, now) ?? DEFAULT_LEVEL;
  return { level: own ?? root, inherited: own === undefined && logger !== ROOT_LOGGER };
}

/** Whether something of this level is to be logged where `threshold` holds. */
export const isLogged = (level: LogLevel, threshold: LogLevel): boolean =>
  LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(threshold);
