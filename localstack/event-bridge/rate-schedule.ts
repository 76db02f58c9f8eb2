const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Period of `rate(5 minutes)` in milliseconds. Throws for anything else, and where AWS refuses singular or plural. */
export function parseRate(expression: string): number {
  const [, count = '', unit = '', plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const period = UNIT_MS[unit];
  if (period === undefined || Number(count) < 1) {
    throw new Error(`${expression}: the local cloud runs rate(N minutes|hours|days) only`);
  }
  if ((Number(count) === 1) === (plural === 's'))
    throw new Error(
      `${expression}: AWS wants the unit in ${plural === 's' ? 'the singular for 1' : 'the plural for more than 1'}`,
    );
  return Number(count) * period;
}
