import * as z from 'zod';
import type { Command } from './command.ts';

/** A setting of the running system: shown without an argument, changed with one. */
function setting(path: string, name: string): Command {
  const schema = z.object({ [name]: z.string() });
  return {
    takes: [0, 1],
    options: [],
    async run({ client, args: [value], output }) {
      const { [name]: now = '' } =
        value === undefined
          ? await client.call('GET', path, schema)
          : await client.call('POST', path, schema, { [name]: value });
      output.print(now);
    },
  };
}

export const switchCommands: Readonly<Record<string, Command>> = {
  'gateway slashes': setting('/gateway', 'slashes'),
  'aws limits': setting('/limits', 'limits'),
};
