/** One line of JSON for each entry; never definitions, environments or bodies, which may hold secrets. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
}

function describe(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: String(error) };
  const cause = error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {};
  return { error: `${error.name}: ${error.message}`, stack: error.stack, ...cause };
}

/** To standard output, where Lambda's log group picks it up. */
export const consoleLog: Log = {
  info: (message, fields = {}) => console.log(JSON.stringify({ level: 'info', message, ...fields })),
  error: (message, error, fields = {}) =>
    console.error(JSON.stringify({ level: 'error', message, ...describe(error), ...fields })),
};
