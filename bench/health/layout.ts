/** Where the tasks of the benchmark answer: each at an address of its own, many of them behind one listener. */
export interface Layout {
  readonly tasks: number;
  /** Ports of those who answer; every host of 127.0.0.1 to 127.0.0.HOSTS reaches each. */
  readonly ports: readonly number[];
  /** Ports of those who take the connection and say nothing. */
  readonly silentPorts: readonly number[];
}

export const HOSTS = 50;
export const INTERVAL_SECONDS = 10;
export const TIMEOUT_SECONDS = 5;

/** Host and port of a task: the first ones are behind the silent ports. */
export function addressOf(
  { ports, silentPorts }: Layout,
  index: number,
): { readonly host: string; readonly port: number } {
  const port = [...silentPorts, ...ports][Math.floor(index / HOSTS)];
  if (port === undefined) throw new Error(`task ${index} has no port`);
  return { host: `127.0.0.${1 + (index % HOSTS)}`, port };
}

export const isSilent = ({ silentPorts }: Layout, index: number): boolean => index < silentPorts.length * HOSTS;
