import { parseArgs } from 'node:util';
import { parseOptions } from '../options.ts';
import { agentCommands } from './agent-commands.ts';
import { type Command, type CommandOutput, OPTIONS, type OptionValues, UsageError } from './command.ts';
import { connectControl } from './control-client.ts';
import { faultCommands } from './fault-commands.ts';
import { logCommands } from './log-commands.ts';
import { queueCommands } from './queue-commands.ts';
import { switchCommands } from './switch-commands.ts';

const USAGE = `npm run local -- [--data DIR] COMMAND     act on the running local cloud

  agent ls                              the agents
  agent add HOST --ports A-B [--zone Z] [--cpus N] [--mem MIB] [--disk MIB] [--role R]... [--attribute K=V]...
  agent add JSON | agent add FILE.json  one agent, or a list of them, as in the agents file
  agent kill HOST | agent return HOST   the machine loses power; it is back
  agent disconnect HOST | agent connect HOST
  agent drain HOST | agent undrain HOST
  log TASK [--follow]                   output of a task (the beginning of its id is enough), until it ends
  queue ls                              messages waiting, in flight and delayed
  queue show NAME                       the messages of a queue, such as its dead letters
  event put SOURCE DETAIL-TYPE DETAIL   an event for the default bus; DETAIL is JSON
  gateway slashes [MODE]                what the gateway does with slashes in paths: kept, collapsed or decoded
  aws limits [on|off]                   AWS's request limits of ecs, ec2 and ebs (off at the start)
  fault set SERVICE:OPERATION FAULT     calls of dynamodb, ebs, ec2, ecs or events; OPERATION * is all of them
    throttle        refused in the service's own words
    fail-before     500, nothing was done
    timeout-after   carried out, then the connection is cut without an answer
    stale --ms N    lists and descriptions answer as of N ms ago, where the service offers it
    delay --ms N    carried out after N ms
    [--probability P] [--times N] [--seed N] [--caller FUNCTION]
  fault set events FAULT                events that are put on the buses; schedules are not
    lose | double [--ms N] | delay --ms N | shuffle [--ms N]      shuffle: each waits up to N ms (1000)
    [--probability P] [--times N] [--seed N] [--source S] [--detail-type T]
  fault ls | fault clear [ID]           the faults that stand, with how often they struck; takes away one or all

--data DIR (or STRIDE_DATA_DIR) is the directory that npm start was given.`;

const COMMANDS: Readonly<Record<string, Command>> = {
  ...agentCommands,
  ...faultCommands,
  ...logCommands,
  ...queueCommands,
  ...switchCommands,
};

/** Runs one command of `npm run local`. Throws `UsageError` or `ControlClientError`, whose messages are for the user. */
export async function runCommand(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  output: CommandOutput,
): Promise<void> {
  const { values, positionals } = parseCommandLine(argv);
  if (values.help === true || positionals.length === 0) return output.print(USAGE);
  const words = positionals[0] === 'log' ? 1 : 2;
  const name = positionals.slice(0, words).join(' ');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new UsageError(`there is no command ${positionals.join(' ')}\n\n${USAGE}`);
  const args = positionals.slice(words);
  refuseMisfits(name, command, args, values);
  await command.run({ client: connectControl(dataDirectory(values.data, env)), args, values, output });
}

function parseCommandLine(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`, { cause });
  }
}

function refuseMisfits(name: string, { takes, options }: Command, args: readonly string[], values: OptionValues): void {
  const [least, most] = takes;
  if (args.length < least || args.length > most) {
    const count = least === most ? String(least) : `${least} or ${most}`;
    throw new UsageError(`${name} takes ${count} argument${most === 1 ? '' : 's'}, not ${args.length}\n\n${USAGE}`);
  }
  const known: readonly string[] = ['data', 'help', ...options];
  const stranger = Object.keys(values).find((option) => !known.includes(option));
  if (stranger !== undefined) throw new UsageError(`${name} takes no --${stranger}\n\n${USAGE}`);
}

function dataDirectory(data: string | undefined, env: NodeJS.ProcessEnv): string {
  const variable = env['STRIDE_DATA_DIR'];
  const parsed = parseOptions(
    data === undefined ? [] : ['--data', data],
    variable === undefined ? {} : { STRIDE_DATA_DIR: variable },
  );
  if (parsed.kind === 'help') throw new UsageError(USAGE);
  return parsed.settings.dataDirectory;
}
