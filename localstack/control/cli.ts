import { UsageError } from './command.ts';
import { runCommand } from './commands.ts';
import { ControlClientError } from './control-client.ts';

try {
  await runCommand(process.argv.slice(2), process.env, {
    print: (line) => process.stdout.write(`${line}\n`),
    writeOut: (chunk) => process.stdout.write(chunk),
    writeError: (chunk) => process.stderr.write(chunk),
  });
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ControlClientError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
