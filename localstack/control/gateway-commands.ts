import * as z from 'zod';
import type { Command } from './command.ts';

const GATEWAY = z.object({ slashes: z.string() });

export const gatewayCommands: Readonly<Record<string, Command>> = {
  'gateway slashes': {
    takes: [0, 1],
    options: [],
    async run({ client, args: [slashes], output }) {
      const gateway =
        slashes === undefined
          ? await client.call('GET', '/gateway', GATEWAY)
          : await client.call('POST', '/gateway', GATEWAY, { slashes });
      output.print(gateway.slashes);
    },
  },
};
