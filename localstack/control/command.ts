import type { ControlClient } from './control-client.ts';

/** Where a command writes. */
export interface CommandOutput {
  print(line: string): void;
  writeOut(chunk: Uint8Array): void;
  writeError(chunk: Uint8Array): void;
}

/** A command line that cannot be followed; the text says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options of all commands. */
export const OPTIONS = {
  data: { type: 'string' },
  help: { type: 'boolean' },
  follow: { type: 'boolean' },
  ports: { type: 'string', multiple: true },
  zone: { type: 'string' },
  cpus: { type: 'string' },
  mem: { type: 'string' },
  disk: { type: 'string' },
  role: { type: 'string', multiple: true },
  attribute: { type: 'string', multiple: true },
  ms: { type: 'string' },
  probability: { type: 'string' },
  times: { type: 'string' },
  seed: { type: 'string' },
  caller: { type: 'string' },
  'detail-type': { type: 'string' },
  source: { type: 'string' },
} as const;

type OptionValue<Option> = Option extends { type: 'boolean' }
  ? boolean
  : Option extends { multiple: true }
    ? string[]
    : string;

export type OptionName = keyof typeof OPTIONS;

export type OptionValues = { readonly [Name in OptionName]?: OptionValue<(typeof OPTIONS)[Name]> };

/** What a command works with. */
export interface CommandContext {
  readonly client: ControlClient;
  /** What follows the command's own words. */
  readonly args: readonly string[];
  readonly values: OptionValues;
  readonly output: CommandOutput;
}

export interface Command {
  /** How many arguments it takes: at least, at most. */
  readonly takes: readonly [number, number];
  /** The options that mean something to it. */
  readonly options: readonly OptionName[];
  run(context: CommandContext): Promise<void>;
}

/** A number that was given as text; not a number is for the control port to refuse. */
export function number(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.trim() === '' ? Number.NaN : value);
}

/** Prints rows in columns. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[], output: CommandOutput): void {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    output.print(cells.join('  ').trimEnd());
  }
}
